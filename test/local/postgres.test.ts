import { once } from 'node:events';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execaNode } from 'execa';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { layOut } from '../../fleet/local/postgres/folders.ts';
import { type LocalPostgresOptions, openLocalPostgres } from '../../fleet/local/postgres/open.ts';
import { isAlive, readPostmaster } from '../../fleet/local/postgres/postmaster.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../harness/temporary-folder.ts';
import { until } from '../harness/until.ts';

const never = new AbortController().signal;
const settings = { fsync: 'off' };
let dataDir: string;

beforeAll(async () => {
  dataDir = await makeTemporaryFolder();
});
afterAll(() => removeTemporaryFolder(dataDir));

async function emptyFolder(): Promise<string> {
  const folder = await makeTemporaryFolder();
  onTestFinished(() => removeTemporaryFolder(folder));
  return folder;
}

const open = (options: LocalPostgresOptions = {}) =>
  openLocalPostgres({ dataDir, settings, ...options }, never);

async function ask<T>(url: string, sql: string): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return rows[0]?.[0] as T;
  } finally {
    await client.end();
  }
}

async function serverPid(): Promise<number> {
  return until(async () => (await readPostmaster(layOut(dataDir)))?.pid);
}

describe('the embedded Postgres', () => {
  it('keeps what was written to it for the next start', async () => {
    const first = await open();
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.release();

    const second = await open();
    expect(await ask(second.url, 'select answer from kept')).toBe(42);
    await second.release();
  });

  it('listens on no network address unless it is asked to, and then on loopback with a password', async () => {
    const quiet = await open();
    expect(await ask(quiet.url, `select current_setting('listen_addresses')`)).toBe('');
    await quiet.release();

    const listening = await open({ tcp: true });
    expect(await ask(listening.tcpUrl ?? '', 'select host(inet_server_addr())')).toBe('127.0.0.1');
    const guess = new URL(listening.tcpUrl ?? '');
    guess.password = 'guess';
    await expect(ask(guess.href, 'select 1')).rejects.toThrow(/password authentication failed/);
    await listening.release();
  });

  it('does not run as root', async () => {
    const postgres = await open();
    const uid = await ask<string>(
      postgres.url,
      `select (regexp_match(pg_read_file('/proc/self/status'), 'Uid:\\s+(\\d+)'))[1]`,
    );
    expect(Number(uid)).not.toBe(0);
    await postgres.release();
  });

  it('is reached through a short path when the data folder has a long one', async () => {
    const long = path.join(await emptyFolder(), 'a-folder-with-a-name-that-goes-on'.repeat(4));
    const postgres = await open({ dataDir: long });
    expect(await ask(postgres.url, 'select 1')).toBe(1);
    const socket = new URL(postgres.url).searchParams.get('host') ?? '';
    expect(socket.length).toBeLessThan(80);
    await postgres.release();
    await rm(socket, { recursive: true });
  });

  it('stops when the signal aborts its start', async () => {
    const stop = new AbortController();
    const opening = openLocalPostgres({ dataDir: await emptyFolder() }, stop.signal);
    stop.abort(new Error('changed my mind'));
    await expect(opening).rejects.toThrow('changed my mind');
  });
});

/** A process that shares the server of the data folder. */
interface Sharer {
  leave(): Promise<void>;
  kill(): Promise<void>;
}

describe('several processes', () => {
  const sharers: Sharer[] = [];
  afterEach(async () => {
    await Promise.all(sharers.splice(0).map((each) => each.kill()));
  });

  async function join(folder = dataDir): Promise<Sharer> {
    const program = path.join(import.meta.dirname, 'sharing-process.ts');
    const child = execaNode(program, [folder], { stdin: 'pipe', reject: false });
    const sharer: Sharer = {
      async leave() {
        child.stdin.write('leave\n');
        await child;
      },
      async kill() {
        child.kill('SIGKILL');
        await child;
      },
    };
    sharers.push(sharer);
    await once(child.stdout, 'data');
    return sharer;
  }

  it('that start at the same moment in an empty folder share one server', async () => {
    const folder = await emptyFolder();
    await Promise.all([join(folder), join(folder), join(folder)]);
    expect((await readdir(layOut(folder).home)).sort()).toEqual([
      'cluster',
      'server.log',
      'socket',
    ]);
  });

  it('keep the server until the last one leaves', async () => {
    const [first, second] = [await join(), await join()];
    const pid = await serverPid();
    await first.leave();
    expect(isAlive(pid)).toBe(true);
    await second.leave();
    expect(isAlive(pid)).toBe(false);
  });

  it('leave the server to whoever else is connected, such as psql', async () => {
    const sharer = await join();
    const pid = await serverPid();
    const folders = layOut(dataDir);
    const psql = new Client({ host: folders.socket, user: 'postgres', database: 'fleet' });
    await psql.connect();
    await sharer.leave();
    expect(isAlive(pid)).toBe(true);
    await psql.end();
    await (await open()).release();
    expect(isAlive(pid)).toBe(false);
  });

  it('that were all killed leave a server that the next one uses and stops', async () => {
    const killed = await join();
    const pid = await serverPid();
    await killed.kill();
    expect(isAlive(pid)).toBe(true);
    await (await join()).leave();
    expect(isAlive(pid)).toBe(false);
  });

  it('start and leave in any order without losing the server under one another', async () => {
    const rounds = Array.from({ length: 4 }, async () => {
      for (let turn = 0; turn < 3; turn++) {
        const postgres = await open();
        expect(await ask(postgres.url, 'select 1')).toBe(1);
        await postgres.release();
      }
    });
    await Promise.all(rounds);
    expect(await readPostmaster(layOut(dataDir))).toBeUndefined();
  });
});

describe('after a crash', () => {
  it('a server that was killed comes up again while it is in use', async () => {
    const postgres = await open({ tcp: true });
    await ask(postgres.url, 'create table outlives as select 42 as answer');
    const pid = await serverPid();
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid));
    const answer = await until(() => ask(postgres.tcpUrl ?? '', 'select answer from outlives'));
    expect(answer).toBe(42);
    await postgres.release();
  });

  it('a lock file that names an unrelated process is no obstacle', async () => {
    await (await open()).release();
    const { cluster } = layOut(dataDir);
    const stale = [process.pid, cluster, 1, 5432, '/nowhere', '', '', 'ready', ''].join('\n');
    await writeFile(path.join(cluster, 'postmaster.pid'), stale);
    const postgres = await open();
    expect(await ask(postgres.url, 'select 1')).toBe(1);
    await postgres.release();
  });

  it('a cluster that was not made to the end is made anew, and its remains are removed', async () => {
    const folder = await emptyFolder();
    const { home } = layOut(folder);
    const nobody = 4_194_305;
    await mkdir(path.join(home, `cluster.${nobody}.abc`), { recursive: true });
    await writeFile(path.join(home, `cluster.${nobody}.abc`, 'PG_VERSION'), '18\n');
    await (await open({ dataDir: folder })).release();
    expect(await readdir(home)).not.toContain(`cluster.${nobody}.abc`);
  });
});

describe('what stands in the way is named:', () => {
  it('a database of another version', async () => {
    const folder = await emptyFolder();
    const { cluster } = layOut(folder);
    await mkdir(cluster, { recursive: true });
    await writeFile(path.join(cluster, 'PG_VERSION'), '12\n');
    await expect(open({ dataDir: folder })).rejects.toMatchObject({
      code: 'POSTGRES_START',
      message: expect.stringMatching(/made by Postgres 12, but this program carries Postgres \d+/),
    });
  });

  it('a server that refuses to start, with its own words and its log', async () => {
    await expect(open({ settings: { shared_buffers: 'plenty' } })).rejects.toMatchObject({
      code: 'POSTGRES_START',
      message: expect.stringContaining('invalid value for parameter "shared_buffers": "plenty"'),
      remedy: expect.stringContaining(layOut(dataDir).log),
    });
  });

  it('a data folder that is a file', async () => {
    const file = path.join(dataDir, 'file');
    await writeFile(file, '');
    await expect(open({ dataDir: file })).rejects.toMatchObject({
      code: 'POSTGRES_START',
      message: expect.stringContaining(file),
    });
  });

  it.runIf(process.geteuid?.() === 0)('a folder that root has closed to others', async () => {
    const closed = path.join(dataDir, 'closed');
    await mkdir(closed, { mode: 0o700 });
    await expect(open({ dataDir: path.join(closed, 'data') })).rejects.toMatchObject({
      code: 'POSTGRES_START',
      message: expect.stringContaining(closed),
      remedy: expect.stringContaining('FLEET_DATA_DIR'),
    });
  });
});
