import { postgresQueries } from '../../../tui/model/postgres-queries.ts';
import { runTop } from '../../../tui/top.ts';
import { createCommand, runCommand } from '../command.ts';
import { positiveNumber } from '../parse.ts';
import { withDatabase } from '../with-database.ts';

export function topCommand() {
  return createCommand('top', [
    ['top', 'the whole fleet, live; ? shows the keys'],
    ['top --once', 'print it once, as plain text'],
    ['top --json | jq .workers', 'for a script; the schema is in tui/model/snapshot.ts'],
  ])
    .description('watch the fleet: jobs, workers, rates, time left')
    .option('--once', 'print one picture and leave')
    .option('--interval <ms>', 'between two pictures', positiveNumber, 1000)
    .option('--timeout <ms>', 'for the answer of one worker', positiveNumber, 1000)
    .addHelpText(
      'after',
      '\nWorkers whose status endpoint wants a token are asked with that in FLEET_STATUS_TOKEN.',
    )
    .action((options) =>
      runCommand(options, (context) =>
        withDatabase(context, (database) =>
          runTop({
            queries: postgresQueries(database),
            once: options.once ?? false,
            json: options.json ?? false,
            intervalMs: options.interval,
            timeoutMs: options.timeout,
            token: process.env['FLEET_STATUS_TOKEN'],
            signal: context.signal,
          }),
        ),
      ),
    );
}
