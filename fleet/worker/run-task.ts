import { artefactLocation } from '../artefact/location.ts';
import { FleetError } from '../errors/fleet-error.ts';
import type { Kind } from '../kinds/kind.ts';
import { parseParameters } from '../kinds/registry.ts';
import { runVolume } from '../pipeline/run-volume.ts';
import type { PageDone, RunIdentity, VolumeOutcome, VolumeRun } from '../pipeline/volume-run.ts';
import type { ClaimedTask } from '../queue/protocol/claim.ts';
import type { Figures } from '../queue/protocol/finish.ts';
import { confirmLease, recordOpened, recordPart } from '../queue/protocol/progress.ts';
import { openVolume } from '../volume/open-volume.ts';
import type { Volume } from '../volume/volume.ts';
import type { WorkerContext } from './context.ts';
import { runLimits } from './limits.ts';
import { persist } from './persist.ts';
import type { RunningTask } from './running-task.ts';

/**
 * Runs a claimed task from its volume's manifest to the published artefact; gives the attempt's
 * figures. Throws what goes wrong; nothing is reported here.
 */
export async function runTask(context: WorkerContext, task: RunningTask): Promise<Figures> {
  const begun = performance.now();
  const { claimed, signal } = task;
  const { kind, parameters } = kindOf(context, claimed);
  const volume = await openAsked(context, task);
  try {
    await durably(context, task, () =>
      recordOpened(context.database, claimed, { ...volume, pages: volume.pages.length }),
    );
    signal.throwIfAborted();
    const outcome = await runVolume(volumeRun(context, task, { kind, parameters, volume }));
    return figuresOf(outcome, performance.now() - begun);
  } finally {
    volume.store.close();
  }
}

/** The parameters were checked when the job was created, perhaps by another version. */
function kindOf(
  { kinds }: WorkerContext,
  { kind: name, job, parameters }: ClaimedTask,
): { kind: Kind; parameters: unknown } {
  const kind = kinds.get(name);
  if (kind === undefined) {
    const known = [...kinds.keys()].join(', ');
    throw new FleetError(
      'KIND_UNKNOWN',
      `job ${job} is of kind ${name}; this worker knows ${known}`,
    );
  }
  return { kind, parameters: parseParameters(kind, parameters) };
}

/** A task may ask for one version of its volume; that one does not come back by waiting. */
async function openAsked({ stores }: WorkerContext, task: RunningTask): Promise<Volume> {
  const { volume, version } = task.claimed;
  try {
    return await openVolume(volume, {
      signal: task.signal,
      open: (uri) => stores.open(uri),
      ...(version === '' ? {} : { expectedVersion: version }),
    });
  } catch (cause) {
    if (!FleetError.is(cause, 'VOLUME_CHANGED')) throw cause;
    throw new FleetError('VOLUME_CHANGED', cause.message, {
      cause,
      retryable: false,
      remedy: 'Enqueue the volume at its present version.',
    });
  }
}

interface Opened {
  readonly kind: Kind;
  readonly parameters: unknown;
  readonly volume: Volume;
}

function volumeRun(context: WorkerContext, task: RunningTask, opened: Opened): VolumeRun {
  const { claimed, worker } = task;
  const { kind, parameters, volume } = opened;
  const { database, pool, stores, totals } = context;
  const output = artefactLocation({
    ...claimed,
    volumeUri: volume.uri,
    volumeVersion: volume.version,
  });
  return {
    identity: identityOf(context, claimed),
    spec: { kind: kind.name, parameters },
    columns: kind.columns,
    volume,
    output: stores.open(output),
    committed: claimed.inputVersion === volume.version ? claimed.parts : [],
    pool,
    limits: runLimits(pool.threads, claimed),
    maxPageFailureRate: claimed.maxPageFailureRate,
    commitPart: (part) => durably(context, task, () => recordPart(database, claimed, part)),
    confirmLease: () => durably(context, task, () => confirmLease(database, worker, claimed)),
    onProgress: (progress) => task.advance(progress),
    onPage: (page: PageDone) => {
      task.countPage();
      totals.countPage(page);
    },
    signal: task.signal,
    drain: task.drained,
  };
}

function identityOf({ options, codeVersion }: WorkerContext, claimed: ClaimedTask): RunIdentity {
  const { job, task, attempt, fence, configHash } = claimed;
  return { job, task, attempt, fence, configHash, worker: options.name, codeVersion };
}

/** The task stays ours while the database is away, until it says otherwise. */
function durably<T>(context: WorkerContext, task: RunningTask, work: () => Promise<T>): Promise<T> {
  return persist(work, {
    signal: task.signal,
    onTrouble: (error) =>
      context.log.warn({ err: error, task: task.claimed.task }, 'waiting for the database'),
  });
}

function figuresOf(outcome: VolumeOutcome, milliseconds: number): Figures {
  return { ...outcome, seconds: Math.round(milliseconds) / 1_000 };
}
