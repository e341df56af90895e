import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Database, openDatabase } from '../../../fleet/queue/database.ts';
import { createListener, type ListenTiming } from '../../../fleet/queue/listen/listener.ts';
import { startTcpProxy } from '../../chaos/tcp-proxy.ts';
import { createDatabase } from '../../harness/database.ts';

const timing: ListenTiming = { silenceMs: 200, timeoutMs: 400, retryBaseMs: 20, retryCapMs: 100 };
type Log = (...said: unknown[]) => void;
const soon = { timeout: 20_000, interval: 10 };

async function setUp() {
  const created = await createDatabase();
  onTestFinished(() => created.drop());
  const { url } = created;
  const database = openDatabase({ url, applicationName: 'test', onError: () => undefined });
  onTestFinished(() => database.close());
  const proxy = await startTcpProxy(Number(new URL(url).port));
  const proxied = url.replace(/:\d+\//, `:${proxy.port}/`);
  return { url, database, proxy, proxied };
}

function listen(url: string, database: Database, notify = throughPool(database)) {
  const stop = new AbortController();
  const heard: string[] = [];
  const log = { info: vi.fn<Log>(), warn: vi.fn<Log>(), debug: vi.fn<Log>() };
  const listener = createListener({
    url,
    applicationName: 'test listener',
    notify,
    onReady: (payload) => heard.push(`ready ${payload}`),
    onControl: (payload) => heard.push(`control ${payload}`),
    onConnected: () => heard.push('connected'),
    signal: stop.signal,
    log,
    timing,
  });
  const close = () => {
    stop.abort();
    return listener.finished;
  };
  onTestFinished(close);
  const count = (what: string) => heard.filter((each) => each === what).length;
  return { listener, heard, count, log, close };
}

const throughPool = (database: Database) => async (channel: string, payload: string) => {
  await database.query('select pg_notify($1, $2)', [channel, payload]);
};

const listening = (listener: { state: string }) =>
  vi.waitFor(() => expect(listener.state).toBe('listening'), soon);

/** Backends of listeners that Postgres knows of. */
async function backends(database: Database): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    "select count(*)::integer as count from pg_stat_activity where datname = current_database() and application_name = 'test listener'",
  );
  return row?.count ?? 0;
}

describe('a listener', () => {
  it('passes on what the fleet announces, and says that it is connected first', async () => {
    const { url, database } = await setUp();
    const { listener, heard } = listen(url, database);
    await listening(listener);
    await database.query(
      "select pg_notify('fleet_ready', '3'), pg_notify('fleet_control', 'cancel')",
    );
    await vi.waitFor(() => expect(heard).toEqual(['connected', 'ready 3', 'control cancel']), soon);
  });

  it('tries the first connect again until the database is there', async () => {
    const { database, proxy, proxied } = await setUp();
    proxy.set('refuse');
    const { listener, log } = listen(proxied, database);
    await vi.waitFor(() => expect(log.debug.mock.calls.length).toBeGreaterThan(3), soon);
    proxy.set('pass');
    await listening(listener);
  });

  it('comes back after its backend was terminated, and catches up', async () => {
    const { url, database } = await setUp();
    const { listener, count } = listen(url, database);
    await listening(listener);
    await database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'test listener'",
    );
    await vi.waitFor(() => expect(count('connected')).toBe(2), soon);
    await listening(listener);
    expect(await backends(database)).toBe(1);
  });

  it('comes back after an outage longer than pg-listen endures', { timeout: 15_000 }, async () => {
    const { database, proxy, proxied } = await setUp();
    const { listener, heard, count } = listen(proxied, database);
    await listening(listener);
    proxy.set('refuse');
    proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    await database.query("select pg_notify('fleet_ready', 'missed')");
    proxy.set('pass');
    const back = performance.now();
    await vi.waitFor(() => expect(count('connected')).toBe(2), soon);
    expect(performance.now() - back).toBeLessThan(2_000);
    expect(heard).not.toContain('ready missed');
    await listening(listener);
    await database.query("select pg_notify('fleet_ready', 'after')");
    await vi.waitFor(() => expect(heard).toContain('ready after'), soon);
  });

  it('notices a half-open connection and replaces it', async () => {
    const { database, proxy, proxied } = await setUp();
    const { listener, count } = listen(proxied, database);
    await listening(listener);
    proxy.set('freeze');
    await vi.waitFor(() => expect(listener.state).toBe('connecting'), soon);
    proxy.set('pass');
    await vi.waitFor(() => expect(count('connected')).toBe(2), soon);
    await listening(listener);
  });

  it('leaves no connection behind when it is closed while it reconnects', async () => {
    const { database, proxy, proxied } = await setUp();
    const { listener, close } = listen(proxied, database);
    await listening(listener);
    proxy.set('freeze');
    proxy.cut();
    await vi.waitFor(() => expect(proxy.connections).toBe(1), soon);
    await close();
    expect(listener.state).toBe('closed');
    proxy.set('pass');
    await vi.waitFor(async () => expect(await backends(database)).toBe(0), soon);
    await vi.waitFor(() => expect(proxy.connections).toBe(0), soon);
  });

  it('is silent while it hears others, so that a fleet sends one echo and not one each', async () => {
    const { url, database } = await setUp();
    const notify = vi.fn<ReturnType<typeof throughPool>>(throughPool(database));
    const { listener } = listen(url, database, notify);
    await listening(listener);
    for (let i = 0; i < 15; i += 1) {
      await database.query("select pg_notify('fleet_echo', 'of another')");
      await new Promise((resolve) => setTimeout(resolve, timing.silenceMs / 4));
    }
    expect(notify).toHaveBeenCalledTimes(1);
  });

  it('says once that notifications do not arrive, and leaves the work to the poll', async () => {
    const { url, database } = await setUp();
    const { listener, log } = listen(url, database, async () => undefined);
    await listener.finished;
    expect(listener.state).toBe('deaf');
    expect(log.warn).toHaveBeenCalledTimes(1);
    expect(await backends(database)).toBe(0);
  });

  it('does not take a database that is away for a pooler', async () => {
    const { database } = await setUp();
    const nobody = createServer().listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const { port } = nobody.address() as AddressInfo;
    nobody.close();
    const { listener, log } = listen(`postgres://postgres@127.0.0.1:${port}/x`, database);
    await vi.waitFor(() => expect(log.debug.mock.calls.length).toBeGreaterThan(5), soon);
    expect(listener.state).toBe('connecting');
    expect(log.warn).not.toHaveBeenCalled();
  });
});
