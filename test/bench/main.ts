/**
 * Benchmarks: node test/bench/main.ts NAME [--json] [--only measure,…] [--scale 0.1] [--rounds 3]
 * Results go to stdout, progress to stderr. Exit code 1 when a measure could not be taken; a goal that
 * was missed is in the result (`met`), because timings depend on the machine and its other work.
 */
import { parseArgs } from 'node:util';
import type { Settings } from './frame/measure.ts';
import { type BenchDocument, runBench } from './frame/run-bench.ts';
import { renderTable } from './frame/table.ts';

process.env['ORT_DISABLE_TELEMETRY'] = '1';

type RunNamed = (settings: Settings, only: readonly string[]) => Promise<BenchDocument>;

const benches: Readonly<Record<string, RunNamed>> = {
  queue: async (...parameters) =>
    runBench('queue', (await import('./queue/bench.ts')).queueBench, ...parameters),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    scale: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
  },
});

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort(new Error('interrupted')));

const run = benches[positionals[0] ?? ''];
if (run === undefined) {
  process.stderr.write(`which bench? one of: ${Object.keys(benches).join(', ')}\n`);
  process.exit(2);
}

const settings: Settings = {
  rounds: Number(values.rounds),
  scaled: (size) => Math.max(1, Math.round(size * Number(values.scale))),
  report: (progress) => process.stderr.write(`${progress}\n`),
  signal: interrupted.signal,
};

try {
  const only = values.only.split(',').filter((measure) => measure !== '');
  const document = await run(settings, only);
  const { machine, measures } = document;
  process.stdout.write(
    values.json ? `${JSON.stringify(document, null, 2)}\n` : renderTable(machine, measures),
  );
  process.exit(measures.some(({ value, met }) => value === null && met === false) ? 1 : 0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(interrupted.signal.aborted ? 130 : 1);
}
