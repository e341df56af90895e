import * as fc from 'fast-check';
import type { HoldChoice } from './command.ts';

export const index = fc.nat(23);

/** Mostly one that is right; else an old one, or one that another worker names. */
export const hold: fc.Arbitrary<HoldChoice> = fc.record({
  ever: fc.oneof(
    { weight: 2, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  index,
  stranger: fc.oneof(
    { weight: 9, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
});

export function show(choice: HoldChoice): string {
  return `${choice.ever ? 'any hold' : 'held'} ${choice.index}${choice.stranger ? ' by a stranger' : ''}`;
}
