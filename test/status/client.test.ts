import { describe, expect, it } from 'vitest';
import { fetchStatus } from '../../fleet/status/client.ts';
import { FleetGatherer } from '../../fleet/status/gather.ts';
import { startEndpoint } from './endpoint.ts';
import { startHangingPeer } from './hanging-peer.ts';
import { workerStatus } from './worker-status.ts';

const token = 'a-token-nobody-can-guess';

describe('fetching a status', () => {
  it('gives what the worker says, typed', async () => {
    const { url } = await startEndpoint({ token });
    expect(await fetchStatus(url, { token })).toEqual(workerStatus());
    expect(await fetchStatus(`${url}/`, { token })).toEqual(workerStatus());
  });

  it('names a wrong token', async () => {
    const { url } = await startEndpoint({ token });
    await expect(fetchStatus(url)).rejects.toMatchObject({ code: 'STATUS_DENIED' });
  });

  it('gives up on a peer that never answers', async () => {
    const url = await startHangingPeer();
    await expect(fetchStatus(url, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'STATUS_UNREACHABLE',
      message: `${url}: no answer within 50 ms`,
    });
  });

  it('stops when it is told to', async () => {
    const url = await startHangingPeer();
    const stop = new AbortController();
    const fetched = fetchStatus(url, { signal: stop.signal, timeoutMs: 60_000 });
    stop.abort(new Error('enough'));
    await expect(fetched).rejects.toThrow('enough');
  });

  it('tells a refused connection', async () => {
    const { url, close } = await startEndpoint();
    await close();
    await expect(fetchStatus(url)).rejects.toMatchObject({
      code: 'STATUS_UNREACHABLE',
      message: `${url}: connection refused`,
    });
  });

  it('does not take anything else for a status, and names the field', async () => {
    const { url } = await startEndpoint();
    await expect(fetchStatus(`${url}/nowhere`)).rejects.toMatchObject({ code: 'STATUS_INVALID' });
    await expect(fetchStatus('file:///etc')).rejects.toMatchObject({ code: 'STATUS_INVALID' });
  });
});

describe('gathering the fleet', () => {
  it('asks every worker and says which could not be reached', async () => {
    const { url } = await startEndpoint();
    const hanging = await startHangingPeer();
    const fleet = await new FleetGatherer({ timeoutMs: 100 }).gather([hanging, url]);
    expect(fleet.get(url)).toMatchObject({ state: 'ok', status: { name: 'amber-otter' } });
    expect(fleet.get(hanging)).toEqual({
      state: 'unreachable',
      error: `${hanging}: no answer within 100 ms`,
    });
  });

  it('keeps what a worker said last', async () => {
    const { url, close } = await startEndpoint();
    const gatherer = new FleetGatherer();
    await gatherer.gather([url]);
    await close();
    await gatherer.gather([url]);
    const fleet = await gatherer.gather([url]);
    const lastSeen = { status: { name: 'amber-otter' } };
    expect(fleet.get(url)).toMatchObject({ state: 'unreachable', lastSeen });
  });

  it('forgets workers that it is not asked for any more', async () => {
    const { url } = await startEndpoint();
    const gatherer = new FleetGatherer();
    await gatherer.gather([url]);
    expect(await gatherer.gather([])).toEqual(new Map());
  });

  it('waits for the slow no longer than its patience lasts', async () => {
    const { url } = await startEndpoint();
    const hanging = await startHangingPeer();
    const gatherer = new FleetGatherer({ timeoutMs: 60_000 });
    const stop = new AbortController();
    const fleet = await gatherer.gather([hanging, url], { signal: stop.signal, patienceMs: 200 });
    expect([...fleet.keys()]).toEqual([url]);
    stop.abort();
  });

  it('lets those that hang keep nobody else waiting', async () => {
    const { url } = await startEndpoint();
    const hanging = await Promise.all(Array.from({ length: 8 }, startHangingPeer));
    const gatherer = new FleetGatherer({ concurrency: 2, timeoutMs: 50 });
    await gatherer.gather(hanging);
    const patient = gatherer.gather([...hanging, url]);
    const fleet = await gatherer.gather([...hanging, url], { patienceMs: 49 });
    expect(fleet.get(url)?.state).toBe('ok');
    await patient;
  });
});
