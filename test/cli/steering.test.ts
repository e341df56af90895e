import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleet } from '../harness/cli.ts';
import { createDatabase, type TestDatabase } from '../harness/database.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../harness/temporary-folder.ts';

describe('the command line', () => {
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

  const run = (...parameters: string[]) =>
    fleet(parameters, { env: { DATABASE_URL: database.url } });

  async function json(...parameters: string[]): Promise<unknown> {
    const { stdout, stderr, exitCode } = await run(...parameters, '--json');
    expect(exitCode, stderr).toBe(0);
    return JSON.parse(stdout);
  }

  async function volumes(count: number): Promise<string> {
    const root = join(folder, `scans-${count}`);
    for (let index = 1; index <= count; index += 1) {
      await mkdir(join(root, `v${index}`), { recursive: true });
      await writeFile(join(root, `v${index}`, 'p1.jpg'), 'not read here');
    }
    return root;
  }

  it('creates, lists, shows, pauses, resumes and cancels a job', async () => {
    expect((await run('job', 'create', 'a', '--kind', 'ocr', '--output', folder)).stdout).toMatch(
      /created a/,
    );
    expect(await json('job', 'list')).toMatchObject([
      { job: 'a', kind: 'ocr', state: 'active', ready: 0 },
    ]);
    expect(await json('job', 'show', 'a')).toMatchObject({
      name: 'a',
      parameters: { pixel_threshold: 0.3 },
      progress: { done: 0 },
    });
    for (const [command, state] of [
      ['pause', 'paused'],
      ['resume', 'active'],
      ['cancel', 'cancelled'],
    ] as const) {
      expect(await json('job', command, 'a')).toEqual({ job: 'a', state });
      expect(await json('job', 'list')).toMatchObject([{ job: 'a', state }]);
    }
    expect(await json('job', 'delete', 'a')).toEqual({ job: 'a', tasks: 0 });
  });

  it.each([
    [['--kind', 'ocr', '--param', 'detector_sid=3'], 'PARAMETER_INVALID', /detector_sid/],
    [['--kind', 'ocr', '--param', 'min_confidence=7'], 'PARAMETER_INVALID', /min_confidence/],
    [['--kind', 'nope'], 'KIND_UNKNOWN', /nope.*ocr/],
    [['--kind', 'ocr', '--output', 'ftp://x/'], 'STORE_URI_INVALID', /ftp:\/\/x/],
  ])('refuses to create a job with %j', async (given, code, sentence) => {
    const output = given.includes('--output') ? [] : ['--output', folder];
    const result = await run('job', 'create', 'wrong', ...given, ...output, '--json');

    expect(result.exitCode).toBe(2);
    const { error } = JSON.parse(result.stderr) as { error: { code: string; message: string } };
    expect(error.code).toBe(code);
    expect(error.message).toMatch(sentence);
  });

  it('enqueues arguments, files and prefixes, each volume once', async () => {
    await run('job', 'create', 'b', '--kind', 'ocr', '--output', folder);
    const root = await volumes(3);
    const list = join(folder, 'volumes.csv');
    await writeFile(list, `volume,pages\n${root}/v1,5\ns3://scans/W1/I1,300\n`);

    expect(await json('enqueue', 'b', join(root, 'v1'))).toMatchObject({
      found: 1,
      added: 1,
      skipped: 0,
    });
    expect(await json('enqueue', 'b', '--prefix', root)).toMatchObject({
      found: 3,
      added: 2,
      skipped: 1,
    });
    expect(await json('enqueue', 'b', '--file', list)).toMatchObject({
      found: 2,
      added: 1,
      skipped: 1,
    });
    expect(await json('enqueue', 'b', '--prefix', root, '--limit', '2', '--dry-run')).toMatchObject(
      {
        volumes: [`file://${root}/v1/`, `file://${root}/v2/`],
      },
    );
    expect(await json('enqueue', 'b', join(root, 'v1'), '--force')).toMatchObject({ job: 'b' });
    expect(await json('task', 'list', '--job', 'b', '--volume', 'v1')).toMatchObject([
      { state: 'ready', rerun: 0 },
      { state: 'ready', rerun: 1 },
    ]);
    expect(await json('task', 'list', '--job', 'b', '--state', 'running', 'dead')).toEqual([]);
  });

  it.each([
    [['b'], /no volume was given/, 2],
    [['b', '--prefix', '/nowhere/at/all'], /\/nowhere\/at\/all/, 1],
    [['b', '--file', '/nowhere.csv'], /\/nowhere\.csv cannot be read/, 2],
    [['ghost', '/tmp'], /there is no job ghost/, 1],
    [['b', 'ftp://x'], /ftp:\/\/x/, 2],
  ])('refuses to enqueue %j', async (given, sentence, exitCode) => {
    const result = await run('enqueue', ...given);
    expect(result.stderr).toMatch(sentence);
    expect(result.exitCode).toBe(exitCode);
  });

  it('names the line of a list that is wrong', async () => {
    const list = join(folder, 'wrong.csv');
    await writeFile(list, 'volume,pages\n/tmp/x,5\n/tmp/y,many\n');
    expect((await run('enqueue', 'b', '--file', list)).stderr).toMatch(/wrong\.csv line 3: "many"/);
    await writeFile(list, 'folder\n/tmp/x\n');
    expect((await run('enqueue', 'b', '--file', list)).stderr).toMatch(
      /no column "volume" but folder/,
    );
  });

  it('shows a task and why it waits, cancels and retries it', async () => {
    const [task] = (await json('task', 'list', '--job', 'b', '--limit', '1')) as { id: string }[];
    const id = task?.id ?? '';
    expect(await json('task', 'show', id)).toMatchObject({
      id: Number(id),
      why: 'no worker is alive',
    });
    expect(await json('task', 'cancel', id)).toEqual([{ id: Number(id), state: 'cancelled' }]);
    expect(await json('redrive', 'b', '--cancelled', '--dry-run')).toMatchObject([{ tasks: 1 }]);
    expect(await json('redrive', 'b', '--cancelled')).toEqual({ job: 'b', tasks: 1 });
    expect((await run('task', 'retry', id)).exitCode).toBe(0);
    expect((await run('task', 'show', '999999')).stderr).toMatch(/there is no task 999999/);
  });

  it('says what there is nothing of', async () => {
    expect((await run('workers', 'list')).stdout).toMatch(/There are no workers/);
    expect((await run('errors')).stdout).toMatch(/No attempt failed/);
    expect((await run('workers', 'show', 'ghost')).stderr).toMatch(/there is no worker ghost/);
    expect((await run('workers', 'drain', 'ghost')).exitCode).toBe(1);
  });

  it('prints the fleet for people and for scripts', async () => {
    expect((await run('top', '--once')).stdout).toMatch(/b\s+ocr/);
    expect(await json('top')).toMatchObject({ schema: 1 });
  });

  it('says how to reach a database that is not there', async () => {
    const result = await fleet(['job', 'list'], {
      env: { DATABASE_URL: 'postgresql://127.0.0.1:1/none' },
    });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/cannot be reached/);
    expect(result.stderr).toMatch(/fleet doctor/);
  });
});
