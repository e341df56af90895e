import type { Part } from '../queue/protocol/part.ts';
import { adopt } from '../artefact/publish.ts';
import { sweepAfter } from '../artefact/sweep.ts';
import { FleetError } from '../errors/fleet-error.ts';
import { refuseTooManyFailed, TooManyFailed, tooManyFailed } from './failed-pages.ts';
import { finish, outcomeOf } from './finish.ts';
import { PartWriter } from './part-writer.ts';
import { readPages } from './read-pages.ts';
import { resumeParts } from './resume.ts';
import { RunTracker } from './run-tracker.ts';
import type { VolumeOutcome, VolumeRun } from './volume-run.ts';

/**
 * Reads a volume from its open manifest to its published artefact: one row an expected page,
 * whatever happens to it. What an earlier owner committed is not read again, and what an earlier
 * owner published is adopted as it is.
 *
 * Throws the signal's reason when aborted, `INTERRUPTED` when drained, `LEASE_LOST`,
 * `VOLUME_CHANGED`, `TOO_MANY_PAGES_FAILED`, and what the store or the model fails with. After an
 * error committed parts are as they were and nothing is published, unless the error came while
 * the marker was being written.
 */
export async function runVolume(run: VolumeRun): Promise<VolumeOutcome> {
  try {
    return (await adoptEarlier(run)) ?? (await readAndPublish(run));
  } catch (error) {
    run.signal.throwIfAborted();
    // Another run that published meanwhile has swept our parts away.
    const adopted = FleetError.is(error, 'STORE_DAMAGED') ? await adoptEarlier(run) : undefined;
    if (adopted === undefined) throw error;
    return adopted;
  }
}

/** An owner may have published and died before it could say so. */
async function adoptEarlier(run: VolumeRun): Promise<VolumeOutcome | undefined> {
  const marker = await adopt(run.output, run.signal);
  if (marker === undefined) return undefined;
  await sweepAfter(run.output, marker, run.signal);
  return outcomeOf(run, marker, true, new RunTracker(run));
}

async function readAndPublish(run: VolumeRun): Promise<VolumeOutcome> {
  const startedAt = new Date();
  const tracker = new RunTracker(run);
  const models = await run.pool.models(run.spec, run.signal);
  const parts = await resumeParts(run, tracker);
  try {
    await readRest(run, parts, tracker);
    refuseTooManyFailed(run, tracker);
  } catch (error) {
    throw error instanceof TooManyFailed ? await tooManyFailed(run, parts, tracker) : error;
  }
  return await finish(run, { parts, models, startedAt }, tracker);
}

/** Reads the pages after the last part and adds their parts to `parts`. */
async function readRest(run: VolumeRun, parts: Part[], tracker: RunTracker): Promise<void> {
  const firstPage = pagesIn(parts);
  const { partPages, partMs } = run.limits;
  const writer = new PartWriter({
    store: run.output,
    columns: run.columns,
    fence: run.identity.fence,
    number: parts.length,
    firstPage,
    partPages,
    partMs,
    commit: async (part) => {
      await run.commitPart(part);
      parts.push(part);
    },
  });
  const pages = run.volume.pages.slice(firstPage);
  const afterPart = () => refuseTooManyFailed(run, tracker);
  if (pages.length > 0) await readPages({ run, pages, writer, tracker, afterPart });
  const left = run.volume.pages.length - pagesIn(parts);
  if (left === 0) return;
  throw new FleetError('INTERRUPTED', `${run.volume.uri}: drained with ${left} pages left to read`);
}

function pagesIn(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + part.pages, 0);
}
