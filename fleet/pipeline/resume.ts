import type { Part } from '../queue/protocol/part.ts';
import { readPart } from '../artefact/part-file.ts';
import { FleetError } from '../errors/fleet-error.ts';
import { PartWriter } from './part-writer.ts';
import { readPages } from './read-pages.ts';
import type { RunTracker } from './run-tracker.ts';
import type { VolumeRun } from './volume-run.ts';

/** A mended part is written when all its pages are read, however long that takes. */
const noTimeLimitMs = 2 ** 31 - 1;

/**
 * The parts that earlier owners committed, each verified. A part whose file is missing or damaged
 * has its pages read again into a file of this run's own; that file is not committed in its place
 * (the committed row stays as it is), so a successor would mend it once more.
 */
export async function resumeParts(run: VolumeRun, tracker: RunTracker): Promise<Part[]> {
  refuseGaps(run);
  const damaged: Part[] = [];
  for (const part of run.committed) {
    if (!(await isSound(run, part))) damaged.push(part);
    else tracker.resumed(part);
  }
  const mended = new Map<number, Part>();
  for (const part of damaged) mended.set(part.number, await mend(run, part, tracker));
  return run.committed.map((part) => mended.get(part.number) ?? part);
}

async function isSound(run: VolumeRun, part: Part): Promise<boolean> {
  try {
    await readPart(run.output, part, run.columns, run.signal);
    return true;
  } catch (error) {
    if (FleetError.is(error, 'STORE_DAMAGED')) return false;
    throw error;
  }
}

async function mend(run: VolumeRun, lost: Part, tracker: RunTracker): Promise<Part> {
  const { number, firstPage } = lost;
  const pages = run.volume.pages.slice(firstPage, firstPage + lost.pages);
  const written: Part[] = [];
  const writer = new PartWriter({
    store: run.output,
    columns: run.columns,
    fence: run.identity.fence,
    number,
    firstPage,
    partPages: pages.length,
    partMs: noTimeLimitMs,
    commit: async (part) => void written.push(part),
  });
  await readPages({ run, pages, writer, tracker, afterPart: () => undefined });
  const [part] = written;
  if (part?.pages === lost.pages) return part;
  throw new FleetError(
    'INTERRUPTED',
    `Part ${number} was being read again when the run was drained`,
  );
}

/** Committed parts follow one another; anything else is a defect that must not become a result. */
function refuseGaps({ committed, volume, identity }: VolumeRun): void {
  let next = 0;
  for (const [number, part] of committed.entries()) {
    if (part.number !== number || part.firstPage !== next) {
      throw new FleetError(
        'INTERNAL',
        `Task ${identity.task}: part ${part.number} begins at page ${part.firstPage}, part ${number} at page ${next} was expected`,
      );
    }
    next += part.pages;
  }
  if (next <= volume.pages.length) return;
  throw new FleetError(
    'INTERNAL',
    `Task ${identity.task} has parts of ${next} pages; ${volume.uri} has ${volume.pages.length}`,
  );
}
