import { join } from 'node:path';
import { validateParameters } from '../../kinds/registry.ts';
import type { Database } from '../../queue/database.ts';
import { createJob, jobSettings } from '../../queue/queries/jobs.ts';
import { volumeUri } from '../../volume/volume-uri.ts';
import type { CommandContext } from '../command.ts';

/** The job `ocr`; one that exists already is left as it is. */
export async function ensureJob(
  { config, output }: CommandContext,
  database: Database,
  given: string | undefined,
): Promise<void> {
  const wanted = volumeUri(given ?? join(config.dataDir, 'artefacts'));
  const isNew = await createJob(database, {
    name: 'ocr',
    kind: 'ocr',
    parameters: await validateParameters('ocr', {}, []),
    output: wanted,
    needs: [],
    priority: 0,
    maxAttempts: 5,
    maxPageFailureRate: 0.05,
    labels: [],
    memoryMb: 0,
  });
  if (isNew || given === undefined) return;
  const { output: present } = await jobSettings(database, 'ocr');
  if (present !== wanted)
    output.note(`the job ocr exists and writes to ${present}, not to ${wanted}`);
}
