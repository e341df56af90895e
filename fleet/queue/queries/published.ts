import type { Database } from '../database.ts';
import { sqlQuery } from './load.ts';

/** A volume that a job has done. */
export interface PublishedVolume {
  readonly volume: string;
  /** URI of `success.json`. */
  readonly marker: string;
  readonly pages: number;
  readonly pages_failed: number;
  /** Of the attempt that published. */
  readonly seconds: number;
}

/** Of these volumes those that the job has done, in order of their URIs. */
export async function listPublished(
  database: Database,
  job: string,
  volumes: readonly string[],
): Promise<readonly PublishedVolume[]> {
  return database.query<PublishedVolume & Record<string, unknown>>(sqlQuery('published'), [
    job,
    volumes,
  ]);
}
