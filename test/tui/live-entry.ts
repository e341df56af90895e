import { readFile } from 'node:fs/promises';
import { runTop } from '../../tui/top.ts';
import { type FleetRows, queriesOver } from './rows.ts';

/** `fleet top` over rows in a file, read anew at every refresh. Arguments: the file, then options. */
const [file = '', ...options] = process.argv.slice(2);

async function rows(): Promise<FleetRows> {
  return JSON.parse(await readFile(file, 'utf8')) as FleetRows;
}

function crash(): never {
  throw new Error('crashed on demand');
}

const stop = new AbortController();
if (options.includes('--graceful')) process.once('SIGTERM', () => stop.abort(new Error('SIGTERM')));
if (options.includes('--crash')) process.once('SIGUSR2', crash);

await runTop({
  queries: {
    database: async () => queriesOver(await rows()).database(stop.signal),
    jobs: async () => (await rows()).jobs,
    workers: async () => (await rows()).workers,
  },
  once: options.includes('--once'),
  json: options.includes('--json'),
  intervalMs: 100,
  timeoutMs: 300,
  signal: stop.signal,
});
console.log('left in peace');
