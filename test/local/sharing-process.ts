import { openLocalPostgres } from '../../fleet/local/postgres/open.ts';

/** A process that uses the embedded server until it is told to leave: a line on standard input. */
const [dataDir = ''] = process.argv.slice(2);
const postgres = await openLocalPostgres(
  { dataDir, settings: { fsync: 'off' } },
  new AbortController().signal,
);
process.stdout.write(`${postgres.url}\n`);
process.stdin.once('data', () => {
  void postgres.release().then(() => process.exit(0));
});
