import { goalText, isMet, type Goal } from './goal.ts';

/** One line of a bench's table. */
export interface Row {
  readonly name: string;
  /** Null when it was not measured; `note` says why. */
  readonly value: number | null;
  readonly unit: string;
  /** What it is compared with: the best peer of the same run, or a condition of our own. */
  readonly against: { readonly name: string; readonly value: number } | null;
  /** `value` to `against`; the median of the pairs where runs alternated. */
  readonly ratio: number | null;
  readonly goal: string | null;
  readonly met: boolean | null;
  readonly note?: string;
}

/** Something that is measured. It may give several rows (a p50 and a p99, say). */
export interface Measure<Context> {
  readonly name: string;
  run(context: Context): Promise<readonly Row[]>;
}

/** A set of measures with what they need in common, opened once for all of them. */
export interface Bench<Context> {
  readonly measures: readonly Measure<Context>[];
  open(settings: Settings): Promise<Opened<Context>>;
}

export interface Opened<Context> {
  readonly context: Context;
  /** Version of the Postgres that took part; null when none did. */
  readonly postgres: string | null;
  close(): Promise<void>;
}

export interface Settings {
  /** How often alternating contenders take their turn. */
  readonly rounds: number;
  /** A measure's own size, made smaller (or larger) by the `--scale` of the run. */
  scaled(size: number): number;
  /** Tells whoever waits what is being done now. */
  report(progress: string): void;
  readonly signal: AbortSignal;
}

interface Findings {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly against?: { readonly name: string; readonly value: number };
  /** Default: `value` to `against`. Null where a ratio means nothing. */
  readonly ratio?: number | null;
  readonly goal?: Goal;
  readonly note?: string;
}

export function row({ name, value, unit, against, goal, note, ...rest }: Findings): Row {
  const { ratio = against === undefined ? null : value / against.value } = rest;
  return {
    name,
    value,
    unit,
    against: against ?? null,
    ratio,
    goal: goal === undefined ? null : goalText(goal, unit),
    met: goal === undefined ? null : isMet(goal, { value, ratio }),
    ...(note === undefined ? {} : { note }),
  };
}

/** For what cannot be measured here and now. */
export function skipped(name: string, unit: string, note: string): Row {
  return { name, value: null, unit, against: null, ratio: null, goal: null, met: null, note };
}
