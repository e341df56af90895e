import { drainWorker } from '../../../queue/queries/workers.ts';
import { createCommand, runCommand } from '../../command.ts';
import { withDatabase } from '../../with-database.ts';

export function workersDrainCommand() {
  return createCommand('drain', [
    ['workers drain spot-eu-1a --reason "kernel update"', 'it finishes or hands back, and leaves'],
  ])
    .description('ask a worker to hand back its work and leave')
    .argument('<worker>', 'its number or its name')
    .option('--reason <text>', 'shown beside its state', 'asked by an operator')
    .action((worker, options) =>
      runCommand(options, (context) =>
        withDatabase(context, async (database) => {
          const drained = await drainWorker(database, worker, options.reason);
          context.output.result({ drained }, () => `${drained.join(', ')}: draining`);
        }),
      ),
    );
}
