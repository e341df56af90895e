import type { Implementation } from './conformance/implementation.ts';
import { keyConformance } from './conformance/keys.ts';
import { listingConformance } from './conformance/listings.ts';
import { objectConformance } from './conformance/objects.ts';
import { streamConformance } from './conformance/streams.ts';
import { writingOnceConformance } from './conformance/writing-once.ts';

/** What every `Store` promises, whatever is behind it. */
export function storeConformance(implementation: Implementation): void {
  objectConformance(implementation);
  streamConformance(implementation);
  writingOnceConformance(implementation);
  listingConformance(implementation);
  keyConformance(implementation);
}
