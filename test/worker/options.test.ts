import { describe, expect, it } from 'vitest';
import { workerOptions } from '../../fleet/worker/options.ts';

const needed = { databaseUrl: 'postgres://localhost/fleet', cacheDir: '/tmp/cache' };

describe('the options of a worker', () => {
  it('have a default for everything but the database and the cache folder', () => {
    expect(workerOptions(needed)).toMatchObject({
      slots: 2,
      beatMs: 1_000,
      leaseMs: 4_000,
      statusHost: '127.0.0.1',
      listen: true,
      untilEmpty: false,
    });
  });

  it('come from the environment where they are not given', () => {
    const environment = { FLEET_SLOTS: '5', FLEET_LABELS: 'gpu, big', FLEET_LISTEN: 'false' };
    expect(workerOptions({ ...needed, slots: 3 }, environment)).toMatchObject({
      slots: 3,
      labels: ['gpu', 'big'],
      listen: false,
    });
  });

  it('are refused by name, with the variable', () => {
    expect(() => workerOptions(needed, { FLEET_SLOTS: 'many' })).toThrow(/slots \(FLEET_SLOTS\): /);
    expect(() => workerOptions({ ...needed, leaseMs: 1_500 })).toThrow(
      'leaseMs (FLEET_LEASE_MS): must be at least twice the heartbeat interval',
    );
  });
});
