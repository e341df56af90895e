import type { Part } from './part.ts';
import { FleetError } from '../../errors/fleet-error.ts';
import type { Database } from '../database.ts';
import type { Held } from './held.ts';

/** What was found when the volume was opened. */
export interface OpenedVolume {
  readonly version: string;
  readonly pages: number;
  readonly bytes: number;
}

/** Pins the version that was found. Throws `LEASE_LOST`. */
export async function recordOpened(
  database: Database,
  held: Held,
  volume: OpenedVolume,
): Promise<void> {
  const [row] = await database.query<{ ours: boolean }>(
    'select fleet.open_volume($1, $2, $3, $4, $5) as ours',
    [held.task, held.fence, volume.version, volume.pages, volume.bytes],
  );
  assertOurs(row, held);
}

/** Makes a part permanent. Throws `LEASE_LOST`: the file must then not be counted on. */
export async function recordPart(database: Database, held: Held, part: Part): Promise<void> {
  const [row] = await database.query<{ ours: boolean }>(
    'select fleet.commit_part($1, $2, $3) as ours',
    [held.task, held.fence, JSON.stringify(part)],
  );
  assertOurs(row, held);
}

/** The last question before publication. Throws `LEASE_LOST`. */
export async function confirmLease(database: Database, worker: number, held: Held): Promise<void> {
  const [row] = await database.query<{ ours: boolean }>(
    'select fleet.confirm($1, $2, $3) as ours',
    [worker, held.task, held.fence],
  );
  assertOurs(row, held);
}

function assertOurs(row: { ours: boolean } | undefined, held: Held): void {
  if (row?.ours !== true) {
    throw new FleetError(
      'LEASE_LOST',
      `task ${held.task} is not held under fence ${held.fence} any more`,
    );
  }
}
