import { readFile } from 'node:fs/promises';
import { FleetError } from '../../../errors/fleet-error.ts';
import { validateParameters } from '../../../kinds/registry.ts';
import { createJob } from '../../../queue/queries/jobs.ts';
import { volumeUri } from '../../../volume/volume-uri.ts';
import { createCommand, runCommand } from '../../command.ts';
import { collect, parameter, positiveNumber, share, wholeNumber } from '../../parse.ts';
import { withDatabase } from '../../with-database.ts';

export function jobCreateCommand() {
  return createCommand('create', [
    [
      'job create ocr --kind ocr --output s3://artefacts/',
      'a job with the kind’s default parameters',
    ],
    [
      'job create archive/ocr --kind ocr --output ~/read --param min_confidence=0.5 --max-attempts 3',
      'for the application archive, with a parameter',
    ],
    [
      'job create scores --kind scores --kinds ./scores.js --output ~/read --needs ocr',
      'with a kind of your own; its tasks wait until the job ocr has read the same volume',
    ],
  ])
    .description('create a job: a kind with its parameters, and where its artefacts go')
    .argument('<name>', 'name, or application/name')
    .requiredOption('--kind <kind>', 'what does the work: ocr, or one of your own (--kinds)')
    .requiredOption(
      '--output <uri>',
      'where artefacts are written: s3://bucket/prefix/ or a folder',
    )
    .option(
      '--param <name=value>',
      'a parameter of the kind; may be given several times',
      parameter,
      {},
    )
    .option('--params-file <file>', 'parameters as a JSON object; --param goes before it')
    .option('--kinds <module>', 'a module with kinds of your own', collect, [])
    .option(
      '--needs <job>',
      'a job that must have done the volume first; may be given several times',
      collect,
      [],
    )
    .option('--priority <n>', 'higher goes first among the application’s jobs', wholeNumber, 0)
    .option('--max-attempts <n>', 'a task that failed so often is dead', positiveNumber, 5)
    .option('--max-page-failure-rate <share>', 'a volume with more failed pages fails', share, 0.05)
    .option(
      '--label <label>',
      'only workers with this label; may be given several times',
      collect,
      [],
    )
    .option('--memory-mb <mb>', 'only workers with so much memory', wholeNumber, 0)
    .action((name, options) =>
      runCommand(options, (context) =>
        withDatabase(context, async (database) => {
          checkName(name);
          const given = { ...(await readParameters(options.paramsFile)), ...options.param };
          const job = {
            name,
            kind: options.kind,
            parameters: await validateParameters(options.kind, given, options.kinds),
            output: volumeUri(options.output),
            needs: options.needs,
            priority: options.priority,
            maxAttempts: options.maxAttempts,
            maxPageFailureRate: options.maxPageFailureRate,
            labels: options.label,
            memoryMb: options.memoryMb,
          };
          if (!(await createJob(database, job))) {
            throw new FleetError('REFUSED', `there is a job ${name} already`, {
              remedy: `\`fleet job show ${name}\` shows it, \`fleet job update\` changes it.`,
            });
          }
          context.output.result(
            job,
            () => `created ${name}; add work with \`fleet enqueue ${name} …\``,
          );
        }),
      ),
    );
}

/** As the table has it: `name`, or `application/name`. */
function checkName(name: string): void {
  if (/^([a-z0-9][a-z0-9_-]{0,62}\/)?[a-z0-9][a-z0-9_.-]{0,62}$/.test(name)) return;
  throw new FleetError('PARAMETER_INVALID', `"${name}" cannot be the name of a job`, {
    remedy: 'Use lower-case letters, digits, "-", "_" and ".", or application/name.',
  });
}

async function readParameters(
  file: string | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  if (file === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return { ...parsed };
    }
  } catch (cause) {
    throw new FleetError('USAGE', `--params-file ${file} cannot be read as JSON`, { cause });
  }
  throw new FleetError('USAGE', `--params-file ${file}: expected one JSON object`);
}
