import type { Settings } from './measure.ts';
import { median } from './statistics.ts';

/** Takes one reading of something; larger is better. */
export interface Contender {
  readonly name: string;
  read(): Promise<number>;
}

export interface Comparison {
  readonly value: number;
  /** The better of the peers, by its median. */
  readonly against: { readonly name: string; readonly value: number };
  /** Median of the rounds' own ratios: what slows the machine for a while slows both of a pair. */
  readonly ratio: number;
}

/** Lets ours and its peers take turns (A B C A B C …) and compares ours with the better peer. */
export async function compare(
  settings: Settings,
  unit: string,
  ours: Contender,
  peers: readonly Contender[],
): Promise<Comparison> {
  const readings = new Map<Contender, number[]>([ours, ...peers].map((each) => [each, []]));
  for (let round = 1; round <= settings.rounds; round += 1) {
    for (const [contender, values] of readings) {
      settings.signal.throwIfAborted();
      const value = await contender.read();
      values.push(value);
      settings.report(`round ${round}: ${contender.name} ${Math.round(value)} ${unit}`);
    }
  }
  const own = readings.get(ours) ?? [];
  const [best] = peers
    .map(({ name }, index) => ({ name, values: [...readings.values()][index + 1] ?? [] }))
    .toSorted((a, b) => median(b.values) - median(a.values));
  if (best === undefined) throw new Error('nothing to compare with');
  return {
    value: median(own),
    against: { name: best.name, value: median(best.values) },
    ratio: median(own.map((value, round) => value / (best.values[round] ?? Number.NaN))),
  };
}
