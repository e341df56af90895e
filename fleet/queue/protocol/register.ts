import type { Database } from '../database.ts';

/** How a worker introduces itself. */
export interface Registration {
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly kinds: readonly string[];
  readonly labels: readonly string[];
  /** 0: not told; such a worker gets jobs of any size. */
  readonly memoryMb: number;
  readonly slots: number;
  readonly statusUrl: string | undefined;
  /** Anything worth showing: instance type, zone, versions. No secrets. */
  readonly info: Readonly<Record<string, unknown>>;
}

/** Registers a worker with a lease of `ttlMs`; returns the id that all later calls name. */
export async function register(
  database: Database,
  registration: Registration,
  ttlMs: number,
): Promise<number> {
  const { memoryMb, statusUrl, ...rest } = registration;
  const [row] = await database.query<{ register: string }>(
    "select fleet.register($1, $2 * interval '1 millisecond')",
    [JSON.stringify({ ...rest, memory_mb: memoryMb, status_url: statusUrl }), ttlMs],
  );
  return Number(row?.register);
}

/** Takes leave: tasks still held go back at once, uncounted. */
export async function deregister(
  database: Database,
  worker: number,
  reason: string,
): Promise<void> {
  await database.query('select fleet.deregister($1, $2)', [worker, reason]);
}
