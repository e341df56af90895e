import { writeErrorsOfParts } from '../artefact/assemble.ts';
import type { Part } from '../queue/protocol/part.ts';
import { FleetError } from '../errors/fleet-error.ts';
import type { RunTracker } from './run-tracker.ts';
import type { VolumeRun } from './volume-run.ts';

/** Thrown inside a run as soon as its share of failed pages can only be too high. */
export class TooManyFailed extends Error {}

/** Throws `TooManyFailed` when more pages failed than the volume may have, whatever comes. */
export function refuseTooManyFailed(run: VolumeRun, tracker: RunTracker): void {
  if (tracker.failed / run.volume.pages.length > run.maxPageFailureRate) throw new TooManyFailed();
}

/** The error of a volume that is not published for its failed pages; they are written down first. */
export async function tooManyFailed(
  run: VolumeRun,
  parts: readonly Part[],
  tracker: RunTracker,
): Promise<FleetError> {
  const { output: store, columns, signal, identity, volume, maxPageFailureRate } = run;
  const file = await writeErrorsOfParts({ store, parts, columns, fence: identity.fence, signal });
  const share = `${tracker.failed} of ${tracker.done} pages read (${volume.pages.length} in all) failed`;
  const where = file === undefined ? '' : `; the errors are in ${store.uri}${file.name}`;
  return new FleetError(
    'TOO_MANY_PAGES_FAILED',
    `${volume.uri}: ${share}, at most ${100 * maxPageFailureRate} % may${where}`,
  );
}
