import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { openDatabase } from '../../fleet/queue/database.ts';
import { migrate } from '../../fleet/queue/migrate/migrate.ts';
import { startOwnPostgres } from '../harness/postgres.ts';
import { runLanes } from './lanes.ts';

const help = `npm run fuzz -- [--minutes N] [--seed N [--path P]]

Runs random sequences of commands against a Postgres of its own and compares the tables with a model
after each command, until one differs, N minutes are over or Ctrl-C. What it reports is run again by
--seed and --path as they stand in the report.`;

const chunk = 500;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    seed: { type: 'string' },
    path: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help === true) console.log(help);
else process.exitCode = await fuzz();

async function fuzz(): Promise<number> {
  const postgres = await startOwnPostgres();
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  try {
    const limit =
      values.minutes === undefined ? [] : [AbortSignal.timeout(Number(values.minutes) * 60_000)];
    await runFrom(postgres.tcpUrl, AbortSignal.any([interrupted.signal, ...limit]));
    return 0;
  } catch (error) {
    console.error(error);
    return 1;
  } finally {
    await postgres.remove();
  }
}

async function runFrom(serverUrl: string, signal: AbortSignal): Promise<void> {
  const first =
    values.seed === undefined ? Math.trunc(Math.random() * 2 ** 31) : Number(values.seed);
  const urls = await createLanes(serverUrl, values.path === undefined ? availableParallelism() : 1);
  if (values.path !== undefined) {
    // Shrinking depends on what was executed: from the failing sequence on it is done anew.
    const path = values.path.split(':')[0];
    await runLanes({ urls, seed: first, path, sequences: 1 });
    console.log(`The sequence at ${path} of seed ${first} is as predicted now.`);
    return;
  }
  const started = Date.now();
  for (let count = 0, seed = first; !signal.aborted; seed += urls.length) {
    const onSequence = (): void => {
      count += 1;
    };
    await runLanes({ urls, seed, sequences: chunk, onSequence });
    const seconds = (Date.now() - started) / 1000;
    console.log(`${count} sequences in ${seconds.toFixed(0)} s as predicted (seed ${first})`);
  }
}

async function createLanes(serverUrl: string, lanes: number): Promise<string[]> {
  const server = openDatabase({ url: serverUrl, applicationName: 'fuzz' });
  await migrate(server);
  await server.close();
  const template = new URL(serverUrl).pathname.slice(1);
  const admin = new Client({ connectionString: withDatabase(serverUrl, 'postgres') });
  await admin.connect();
  const urls: string[] = [];
  for (let lane = 0; lane < lanes; lane += 1) {
    await admin.query(`create database lane_${lane} template ${template}`);
    urls.push(withDatabase(serverUrl, `lane_${lane}`));
  }
  await admin.end();
  return urls;
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = name;
  return changed.href;
}
