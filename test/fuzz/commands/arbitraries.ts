import * as fc from 'fast-check';
import type { HoldChoice } from './command.ts';

export const index = fc.nat(23);

/** Mostly one that is right; else an old one, or one that another worker names. */
export const hold: fc.Arbitrary<HoldChoice> = fc.record({
  from: fc.constantFrom<HoldChoice['from'][]>('held', 'held', 'held', 'stale', 'stale', 'any'),
  index,
  stranger: fc.constantFrom(...Array<boolean>(9).fill(false), true),
});

export function show(choice: HoldChoice): string {
  return `${choice.from} ${choice.index}${choice.stranger ? ' by a stranger' : ''}`;
}
