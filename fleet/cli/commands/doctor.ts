import { createCommand, runCommand } from '../command.ts';
import { databaseChecks } from '../doctor/database.ts';
import type { Finding } from '../doctor/finding.ts';
import { machineChecks } from '../doctor/machine.ts';
import { modelChecks } from '../doctor/models.ts';
import { storeChecks } from '../doctor/store.ts';
import type { Screen } from '../output/output.ts';

const allChecks = [machineChecks, databaseChecks, modelChecks, storeChecks];

export function doctorCommand() {
  return createCommand('doctor', [
    ['doctor', 'check this machine, the database and the models'],
    ['doctor --output s3://artefacts/', 'check as well that a store can be published to'],
  ])
    .description('check everything that a worker needs, and say what is wrong')
    .option('--output <uri...>', 'stores to write to, read from and clean up again')
    .action((options) =>
      runCommand(options, async ({ config, output, signal }) => {
        const examination = { config, outputs: options.output ?? [], signal };
        const findings: Finding[] = [];
        for (const checks of allChecks) {
          for await (const finding of checks(examination)) findings.push(finding);
        }
        signal.throwIfAborted();
        const healthy = findings.every(({ state }) => state !== 'fail');
        output.result({ healthy, findings }, (screen) => render(screen, findings));
        return healthy ? 0 : 1;
      }),
    );
}

const meanings = { ok: 'good', warn: 'warning', fail: 'bad' } as const;

function render({ paint }: Screen, findings: readonly Finding[]): string {
  const lines = findings.map(({ check, state, detail, remedy }) => {
    const line = `${paint(meanings[state], state.padEnd(4))}  ${paint('heading', check)}: ${detail}`;
    return remedy === undefined ? line : `${line}\n      ${remedy}`;
  });
  return lines.join('\n');
}
