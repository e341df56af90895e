import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createReadingPool,
  type ReadingPoolOptions,
} from '../../fleet/inference/create-reading-pool.ts';
import type { ReadingPool } from '../../fleet/inference/reading-pool.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../harness/temporary-folder.ts';
import { until } from '../harness/until.ts';

const module = path.join(import.meta.dirname, '../kinds/modules/scripted-kind.ts');
const never = new AbortController().signal;

let folder: string;
let journal: string;
const pools: ReadingPool[] = [];

beforeEach(async () => {
  folder = await makeTemporaryFolder();
  journal = path.join(folder, 'journal');
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  await removeTemporaryFolder(folder);
});

function open(options: Partial<ReadingPoolOptions> = {}): ReadingPool {
  const pool = createReadingPool({
    threads: 1,
    cacheDir: folder,
    kindModules: [module],
    ...options,
  });
  pools.push(pool);
  return pool;
}

const spec = (parameters: Record<string, unknown> = {}) => ({ kind: 'scripted', parameters });
const page = (command: string, bytes: Uint8Array = Buffer.from(command)) => ({
  index: 0,
  name: 'page.tif',
  bytes,
});

async function say(
  pool: ReadingPool,
  command: string,
  parameters = {},
): Promise<string | undefined> {
  const [result] = await pool.read(spec(parameters), page(command), never);
  return result?.lines[0]?.text;
}

/** Waits until a thread has begun the page. */
async function begun(command: string): Promise<void> {
  const noted = async () =>
    (await readFile(journal, 'utf8').catch(() => '')).includes(`read ${command}`);
  await until(noted, { what: `a thread reads ${command}` });
}

describe('a page', () => {
  it('is read in another thread', async () => {
    expect(await say(open(), 'world')).toMatch(/^hello world from [1-9]/);
  });

  it('moves to its thread when its bytes have their memory to themselves', async () => {
    const bytes = new Uint8Array(Buffer.from('world'));
    await open().read(spec(), page('', bytes), never);
    expect(bytes.length).toBe(0);
  });

  it('is copied when its bytes share their memory', async () => {
    const shared = new Uint8Array(Buffer.from('a whole world'));
    const bytes = shared.subarray(8);
    const [result] = await open().read(spec(), page('', bytes), never);
    expect(result?.lines[0]?.text).toContain('hello world');
    expect(shared.length).toBe(13);
  });

  it('waits until a thread is free, and all are read', async () => {
    const pool = open({ threads: 2 });
    const said = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((command) => say(pool, command)));
    expect(said.map((text) => text?.split(' ')[1])).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(new Set(said.map((text) => text?.split(' ').at(-1))).size).toBeLessThanOrEqual(2);
  });
});

describe('a kind', () => {
  it('is opened once a thread and parameter set, and closed with the pool', async () => {
    const pool = open();
    await say(pool, 'a', { journal });
    await say(pool, 'b', { journal });
    await say(pool, 'c', { journal, greeting: 'bye' });
    await pool.close();
    expect(await readFile(journal, 'utf8')).toBe(
      'open\nread a\nread b\nopen\nread c\nclose\nclose\n',
    );
  });

  it('tells its models', async () => {
    expect(await open().models(spec(), never)).toEqual([
      { role: 'none', name: 'none', uri: 'none:', sha256: '00' },
    ]);
  });

  it('that cannot be opened rejects with its own error, whole', async () => {
    await expect(say(open(), 'a', { open: 'fails' })).rejects.toMatchObject({
      name: 'FleetError',
      code: 'MODEL_DIGEST',
      message: 'The model is another one.',
      remedy: 'Pin it anew.',
      retryable: false,
    });
  });

  it('that is unknown or has wrong parameters rejects as the registry does', async () => {
    const pool = open();
    const unknown = pool.read({ kind: 'other', parameters: {} }, page('a'), never);
    await expect(unknown).rejects.toMatchObject({ code: 'KIND_UNKNOWN' });
    await expect(say(pool, 'a', { greeting: 1 })).rejects.toMatchObject({
      code: 'PARAMETER_INVALID',
    });
  });

  it('that throws rejects with INTERNAL, and its thread goes on', async () => {
    const pool = open();
    await expect(say(pool, 'throw')).rejects.toMatchObject({
      code: 'INTERNAL',
      message: 'the reader is broken',
    });
    expect(await say(pool, 'world')).toContain('hello');
  });
});

describe('a thread that dies', () => {
  it('rejects its page with INTERNAL and is replaced, also for those that wait', async () => {
    const pool = open();
    const [dead, next] = await Promise.allSettled([say(pool, 'die'), say(pool, 'world')]);
    expect(dead).toMatchObject({
      status: 'rejected',
      reason: { code: 'INTERNAL', message: 'A reading thread ended with code 3.' },
    });
    expect(next).toMatchObject({
      status: 'fulfilled',
      value: expect.stringContaining('hello world'),
    });
  });
});

describe('abort', () => {
  it('rejects with the reason of the signal, and the thread is free for the next page', async () => {
    const pool = open();
    const before = await say(pool, 'world');
    const controller = new AbortController();
    const reading = pool.read(spec({ journal }), page('wait for abort'), controller.signal);
    await begun('wait for abort');
    controller.abort(new Error('no longer ours'));
    await expect(reading).rejects.toThrow('no longer ours');
    expect(await say(pool, 'world')).toBe(before);
  });

  it('takes a waiting page from the queue', async () => {
    const pool = open();
    const first = new AbortController();
    const second = new AbortController();
    const reading = pool.read(spec({ journal }), page('wait for abort'), first.signal);
    await begun('wait for abort');
    const waiting = pool.read(spec(), page('die'), second.signal);
    second.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    first.abort(new Error('done'));
    await expect(reading).rejects.toThrow('done');
    expect(await say(pool, 'world')).toContain('hello');
  });

  it('that a thread does not obey ends the thread, and another takes its place', async () => {
    const pool = open({ abortGraceMs: 10 });
    const before = await say(pool, 'world');
    const controller = new AbortController();
    const reading = pool.read(spec({ journal }), page('hang'), controller.signal);
    await begun('hang');
    controller.abort(new Error('too long'));
    await expect(reading).rejects.toThrow('too long');
    const after = await say(pool, 'world');
    expect(after).toContain('hello world');
    expect(after).not.toBe(before);
  });
});

describe('a closed pool', () => {
  it('refuses pages', async () => {
    const pool = open();
    await pool.close();
    await expect(say(pool, 'a')).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  it('lets the page in hand finish', async () => {
    const pool = open();
    const reading = say(pool, 'slow', { journal });
    await begun('slow');
    await Promise.all([pool.close(), expect(reading).resolves.toContain('hello slow')]);
  });
});
