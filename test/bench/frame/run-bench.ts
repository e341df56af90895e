import { setTimeout as sleep } from 'node:timers/promises';
import { describeMachine, type Machine } from './machine.ts';
import { type Bench, type Measure, type Row, type Settings, skipped } from './measure.ts';
import { withUnit } from './table.ts';

export interface BenchDocument {
  readonly bench: string;
  readonly machine: Machine;
  readonly measures: readonly Row[];
}

/**
 * Takes the measures of a bench, one after the other. `only` chooses some by name. A measure that
 * fails becomes a row that says so: the others' figures are not lost with it.
 */
export async function runBench<Context>(
  name: string,
  bench: Bench<Context>,
  settings: Settings,
  only: readonly string[],
): Promise<BenchDocument> {
  const measures = choose(bench.measures, only);
  const opened = await bench.open(settings);
  const rows: Row[] = [];
  try {
    for (const measure of measures) {
      settings.signal.throwIfAborted();
      const began = performance.now();
      const taken = await take(measure, opened.context, settings.signal);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      for (const row of taken) settings.report(`${summary(row)} (${seconds} s)`);
      rows.push(...taken);
    }
  } finally {
    await opened.close();
  }
  return { bench: name, machine: describeMachine(opened.postgres), measures: rows };
}

function choose<Context>(measures: readonly Measure<Context>[], only: readonly string[]) {
  const unknown = only.filter((name) => !measures.some((measure) => measure.name === name));
  if (unknown.length > 0) {
    const known = measures.map((measure) => measure.name).join(', ');
    throw new Error(`no such measure: ${unknown.join(', ')}. There are: ${known}`);
  }
  return only.length === 0 ? measures : measures.filter(({ name }) => only.includes(name));
}

async function take<Context>(
  measure: Measure<Context>,
  context: Context,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  try {
    return await Promise.race([measure.run(context), overdue()]);
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [{ ...skipped(measure.name, '', `failed: ${reason}`), met: false }];
  }
}

/** One measure that hangs must not keep the others' figures back. */
const LIMIT_MS = 300_000;

async function overdue(): Promise<never> {
  await sleep(LIMIT_MS, undefined, { ref: false });
  throw new Error(`not done after ${LIMIT_MS / 1000} s`);
}

function summary(row: Row): string {
  const value = row.value === null ? (row.note ?? 'not measured') : withUnit(row.value, row.unit);
  const verdict = row.met === null ? '' : row.met ? ', met' : ', NOT met';
  return `${row.name}: ${value}${verdict}`;
}
