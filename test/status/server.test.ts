import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { WorkerMetrics } from '../../fleet/status/metrics.ts';
import { createStatusServer } from '../../fleet/status/server.ts';
import { startEndpoint } from './endpoint.ts';
import { workerStatus } from './worker-status.ts';

const token = 'a-token-nobody-can-guess';
const authorization = `Bearer ${token}`;

describe('the status endpoint', () => {
  it('listens on loopback, on a free port, when nothing else is asked for', async () => {
    const { url } = await startEndpoint();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('answers /status with what the worker says of itself', async () => {
    const { url } = await startEndpoint();
    const answer = await fetch(`${url}/status`);
    expect(await answer.json()).toEqual(workerStatus());
  });

  it('leaves out of /status whatever is not in the schema', async () => {
    const overfull = { ...workerStatus(), databaseUrl: 'postgres://…' };
    const { url } = await startEndpoint({ source: () => overfull });
    expect(await (await fetch(`${url}/status`)).json()).not.toHaveProperty('databaseUrl');
  });

  it('takes credentials out of error texts', async () => {
    const lastError = 'connect postgres://fleet:hunter2@db/fleet failed, password=hunter2';
    const database = { connected: false, listening: false, lastError };
    const { url } = await startEndpoint({ source: () => workerStatus({ database }) });
    const body = await (await fetch(`${url}/status`)).text();
    expect(body).not.toContain('hunter2');
    expect(body).toContain('connect postgres://fleet:***@db/fleet failed, password=***');
  });

  it('answers unknown routes and methods with 404', async () => {
    const { url } = await startEndpoint();
    expect((await fetch(`${url}/admin`)).status).toBe(404);
    expect((await fetch(`${url}/status`, { method: 'POST' })).status).toBe(404);
  });

  it('keeps the details of a failure to the log', async () => {
    const logged: unknown[] = [];
    const { url } = await startEndpoint({
      source: () => {
        throw new Error('the pool at 10.0.0.3 is gone');
      },
      log: { warn: (entry: unknown) => logged.push(entry) },
    });
    const answer = await fetch(`${url}/status`);
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('10.0.0.3');
    expect(logged).toMatchObject([{ err: { message: 'the pool at 10.0.0.3 is gone' } }]);
  });

  it('says which address it could not have', async () => {
    const { url } = await startEndpoint();
    const port = Number(new URL(url).port);
    await expect(startEndpoint({ port })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
  });

  it('closes at once, whatever connections are open', async () => {
    const { url, close } = await createStatusServer({
      source: () => workerStatus(),
      ready: () => ({ ok: true }),
    });
    const peer = connect(Number(new URL(url).port), '127.0.0.1');
    peer.write('GET /healthz HTTP/1.1\r\nHost: fleet\r\n\r\nGET /status HTTP/1.1\r\n');
    await once(peer, 'data');
    await close();
    expect(await text(peer).catch(() => '')).toBe('');
  });
});

describe('limits', () => {
  it('refuses headers of more than 8 kB', async () => {
    const { url } = await startEndpoint();
    const answer = await fetch(`${url}/status`, { headers: { filler: 'x'.repeat(10_000) } });
    expect(answer.status).toBe(431);
  });

  it('refuses a peer that asks more than a hundred times in a second, except for its health', async () => {
    const { url } = await startEndpoint();
    const ask = (route: string) =>
      Promise.all(Array.from({ length: 120 }, async () => (await fetch(url + route)).status));
    expect(await ask('/healthz')).not.toContain(429);
    expect(await ask('/readyz')).toContain(429);
  });
});

describe('/healthz', () => {
  const health = async (changes: Parameters<typeof workerStatus>[0]) => {
    const { url } = await startEndpoint({ source: () => workerStatus(changes) });
    const answer = await fetch(`${url}/healthz`);
    return { code: answer.status, ...((await answer.json()) as object) };
  };

  it('is well while the lease beats', async () => {
    expect(await health({})).toEqual({ code: 200, ok: true });
  });

  it('is well before the worker has registered', async () => {
    const lease = { expiresInMs: 0, lastBeatMsAgo: 0 };
    expect(await health({ state: 'starting', lease })).toEqual({ code: 200, ok: true });
  });

  it('says so when the lease ran out', async () => {
    const lease = { expiresInMs: -2000, lastBeatMsAgo: 32_000 };
    const reason = 'the lease ran out: the last heartbeat was 32 s ago';
    expect(await health({ lease })).toEqual({ code: 503, ok: false, reason });
  });

  it('gives the reason of an unhealthy worker', async () => {
    const reason = 'no page in ten minutes';
    expect(await health({ state: 'unhealthy', reason })).toEqual({ code: 503, ok: false, reason });
  });
});

describe('/readyz', () => {
  it('says why the worker takes no work', async () => {
    const { url } = await startEndpoint({ ready: () => ({ ok: false, reason: 'draining' }) });
    const answer = await fetch(`${url}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ ok: false, reason: 'draining' });
  });
});

describe('the token', () => {
  it('is needed as soon as the host is not loopback', async () => {
    await expect(startEndpoint({ host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    await expect(startEndpoint({ host: '::1' })).resolves.toBeDefined();
  });

  it('must be long enough not to be guessed', async () => {
    await expect(startEndpoint({ token: 'secret' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.not.stringContaining('secret'),
    });
  });

  it.each(['/readyz', '/status', '/metrics'])('guards %s', async (route) => {
    const { url } = await startEndpoint({ token });
    const code = async (headers: Record<string, string>) =>
      (await fetch(url + route, { headers })).status;
    expect(await code({})).toBe(401);
    expect(await code({ authorization: `${authorization}r` })).toBe(401);
    expect(await code({ authorization })).toBe(200);
  });

  it('is not asked for by /healthz', async () => {
    const { url } = await startEndpoint({ token });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});

describe('/metrics', () => {
  const samples = async (url: string) => {
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const lines = (await answer.text()).split('\n').filter((line) => /^[^#]/.test(line));
    return new Map(
      lines.map((line) => {
        const sample = /^([a-z_0-9]+(?:\{[^}]*\})?) (\S+)$/.exec(line);
        if (sample === null) throw new Error(`not a sample: ${line}`);
        return [sample[1], Number(sample[2])];
      }),
    );
  };

  it('tells Prometheus what /status tells', async () => {
    const { url } = await startEndpoint();
    const metrics = await samples(url);
    expect(metrics.get('fleet_pages_total')).toBe(4100);
    expect(metrics.get('fleet_pages_failed_total')).toBe(7);
    expect(metrics.get('fleet_read_bytes_total')).toBe(1.5e9);
    expect(metrics.get('fleet_tasks_total{outcome="done"}')).toBe(11);
    expect(metrics.get('fleet_tasks_total{outcome="failed"}')).toBe(1);
    expect(metrics.get('fleet_memory_bytes{kind="rss"}')).toBe(812e6);
    expect(metrics.get('fleet_lease_seconds_left')).toBe(24);
    expect(metrics.get('fleet_worker_state{state="running"}')).toBe(1);
    expect(metrics.get('fleet_worker_state{state="idle"}')).toBe(0);
    expect(metrics.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  });

  it('is asked any number of times without counting anything twice', async () => {
    const { url } = await startEndpoint();
    await samples(url);
    expect((await samples(url)).get('fleet_pages_total')).toBe(4100);
  });

  it('sums the timings of pages by step', async () => {
    const metrics = new WorkerMetrics();
    metrics.observe({ decode: 100, infer: 700 });
    metrics.observe({ decode: 300 });
    const { url } = await startEndpoint({ metrics });
    const parsed = await samples(url);
    expect(parsed.get('fleet_page_step_seconds_count{step="decode"}')).toBe(2);
    expect(parsed.get('fleet_page_step_seconds_sum{step="decode"}')).toBeCloseTo(0.4);
    expect(parsed.get('fleet_page_step_seconds_bucket{le="0.1",step="decode"}')).toBe(1);
  });

  it('keeps two workers of one process apart', async () => {
    const other = await startEndpoint({
      source: () => workerStatus({ totals: { ...workerStatus().totals, pages: 5 } }),
    });
    const { url } = await startEndpoint();
    expect((await samples(url)).get('fleet_pages_total')).toBe(4100);
    expect((await samples(other.url)).get('fleet_pages_total')).toBe(5);
  });
});
