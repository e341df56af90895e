import { type Assembled, assemble } from '../artefact/assemble.ts';
import { errorsKey, markerKey, pagesKey } from '../artefact/file-names.ts';
import type { Marker } from '../artefact/marker.ts';
import type { Part } from '../queue/protocol/part.ts';
import { footerOf, type MadeBy, type Provenance } from '../artefact/provenance.ts';
import { publish } from '../artefact/publish.ts';
import { discard, sweepAfter } from '../artefact/sweep.ts';
import type { ModelFile } from '../page/page.ts';
import { confirmUnchanged } from '../volume/open-volume.ts';
import type { RunTracker } from './run-tracker.ts';
import type { VolumeOutcome, VolumeRun } from './volume-run.ts';

export interface ReadVolume {
  readonly parts: readonly Part[];
  readonly models: readonly ModelFile[];
  readonly startedAt: Date;
}

/** Assembles the parts of a volume that was read wholly, and publishes. */
export async function finish(
  run: VolumeRun,
  read: ReadVolume,
  tracker: RunTracker,
): Promise<VolumeOutcome> {
  tracker.enter('assembling');
  await confirmUnchanged(run.volume, run.signal);
  const provenance = provenanceOf(run, read.models);
  const madeBy = madeByOf(run, read.startedAt);
  const { files, counts } = await assembleOrDiscard(run, read.parts, provenance, madeBy);
  tracker.enter('publishing');
  const { marker, adopted } = await publish({
    store: run.output,
    marker: { format: 1, provenance, counts, madeBy, files: [...files] },
    confirmLease: () => run.confirmLease(),
    signal: run.signal,
  });
  await sweepAfter(run.output, marker, run.signal);
  return outcomeOf(run, marker, adopted, tracker);
}

/** The outcome that a marker tells of. */
export function outcomeOf(
  run: VolumeRun,
  marker: Marker,
  adopted: boolean,
  tracker: RunTracker,
): VolumeOutcome {
  const { pages, failed, lines } = marker.counts;
  const bytes = marker.files.reduce((sum, file) => sum + file.bytes, 0);
  const uri = run.output.uri + markerKey;
  return { pages, failed, lines, marker: uri, bytes, adopted, timings: tracker.timings };
}

async function assembleOrDiscard(
  run: VolumeRun,
  parts: readonly Part[],
  provenance: Provenance,
  madeBy: MadeBy,
): Promise<Assembled> {
  const { output: store, columns, signal, volume, identity } = run;
  const { fence } = identity;
  try {
    return await assemble({
      store,
      parts,
      columns,
      fence,
      signal,
      pages: volume.pages.length,
      footer: (counts) => footerOf(provenance, counts, madeBy),
    });
  } catch (error) {
    await discard(store, [pagesKey(fence), errorsKey(fence)]);
    throw error;
  }
}

function provenanceOf(run: VolumeRun, models: readonly ModelFile[]): Provenance {
  const { job, configHash, codeVersion } = run.identity;
  const { uri, version, pages } = run.volume;
  return {
    job,
    kind: run.spec.kind,
    configHash,
    parameters: run.spec.parameters,
    models: models.map(({ role, name, uri, sha256 }) => ({ role, name, uri, sha256 })),
    codeVersion,
    volume: { uri, version, pages: pages.length },
  };
}

function madeByOf(run: VolumeRun, startedAt: Date): MadeBy {
  const { task, attempt, fence, worker } = run.identity;
  const times = { startedAt: startedAt.toISOString(), finishedAt: new Date().toISOString() };
  return { task, attempt, fence, worker, ...times };
}
