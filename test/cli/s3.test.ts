import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readMarker } from '../../fleet/artefact/marker.ts';
import { openStore } from '../../fleet/store/open.ts';
import { scanFile } from '../fixtures/scans.ts';
import { fleet } from '../harness/cli.ts';
import { createDatabase, type TestDatabase } from '../harness/database.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../harness/temporary-folder.ts';
import { makeBucket, s3Access, s3Settings } from '../s3-server/buckets.ts';

let folder = '';
let database: TestDatabase;

beforeAll(async () => {
  folder = await makeTemporaryFolder();
  database = await createDatabase();
});
afterAll(async () => {
  await database.drop();
  await removeTemporaryFolder(folder);
});

it('reads volumes from one bucket and publishes to another', async (context) => {
  const access = await s3Access();
  if (access === undefined) {
    context.skip();
    return;
  }
  const [scans, artefacts] = [await makeBucket(access), await makeBucket(access)];
  const source = openStore(`s3://${scans}/`, s3Settings(access));
  await source.write('W1/I1/0001.tif', await readFile(scanFile('phototest.tif')));
  await source.write('W1/I2/0001.tif', await readFile(scanFile('phototest.tif')));
  source.close();
  const env = {
    DATABASE_URL: database.url,
    FLEET_CACHE_DIR: join(folder, 'cache'),
    AWS_ENDPOINT_URL_S3: access.endpoint,
    AWS_ACCESS_KEY_ID: access.accessKeyId,
    AWS_SECRET_ACCESS_KEY: access.secretAccessKey,
  };
  const run = async (...parameters: string[]) => {
    const result = await fleet([...parameters, '--json'], { env, timeoutMs: 240_000 });
    expect(result.exitCode, result.stderr).toBe(0);
    return JSON.parse(result.stdout) as unknown;
  };

  await run('job', 'create', 'ocr', '--kind', 'ocr', '--output', `s3://${artefacts}/read/`);
  expect(await run('enqueue', 'ocr', '--prefix', `s3://${scans}/`)).toMatchObject({ added: 2 });
  expect(await run('worker', '--until-empty')).toMatchObject({ healthy: true, tasksDone: 2 });

  const [task] = (await run('task', 'list', '--state', 'done')) as { id: string }[];
  const shown = (await run('task', 'show', task?.id ?? '')) as {
    attempts: { figures: { marker: string; lines: number } }[];
  };
  const { marker, lines } = shown.attempts[0]?.figures ?? { marker: '', lines: 0 };
  expect(marker).toMatch(
    new RegExp(`^s3://${artefacts}/read/ocr/${scans}/W1/I\\d/.*/success.json$`),
  );
  expect(lines).toBeGreaterThan(5);
  const published = openStore(marker.replace(/success\.json$/, ''), s3Settings(access));
  expect(await readMarker(published)).toMatchObject({
    provenance: {
      job: 'ocr',
      kind: 'ocr',
      models: [{ role: 'detector' }, { role: 'recogniser' }, {}],
    },
    counts: { pages: 1, failed: 0 },
  });
  published.close();

  const missing = await fleet(['enqueue', 'ocr', '--prefix', 's3://no-such-bucket-here/'], { env });
  expect(missing.exitCode).toBe(1);
  expect(missing.stderr).toMatch(/no-such-bucket-here/);
});
