import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { startTcpProxy } from '../chaos/tcp-proxy.ts';
import { until } from '../harness/until.ts';
import { testFleet } from './fleet.ts';

it('says that the database cannot be reached, and starts when it can', async () => {
  const fleet = await testFleet();
  const proxy = await startTcpProxy(Number(new URL(fleet.url).port));
  proxy.set('refuse');
  const worker = fleet.worker({
    databaseUrl: fleet.url.replace(/:\d+\//, `:${proxy.port}/`),
  });
  const line = await until(() => worker.lines.find(({ code }) => code === 'DATABASE_UNREACHABLE'));
  expect(line.msg).toContain('Postgres cannot be reached');
  proxy.set('pass');
  await worker.said('registered');
});

it('can be told to leave while it waits for the database', async () => {
  const fleet = await testFleet();
  const proxy = await startTcpProxy(Number(new URL(fleet.url).port));
  proxy.set('refuse');
  const worker = fleet.worker({
    databaseUrl: fleet.url.replace(/:\d+\//, `:${proxy.port}/`),
  });
  await until(() => worker.lines.some(({ code }) => code === 'DATABASE_UNREACHABLE'));
  worker.signal('SIGTERM');
  expect(await worker.ended).toBe(0);
});

it('does not start on a database without the schema, and says what to do', async () => {
  const fleet = await testFleet();
  const name = `bare_${randomBytes(6).toString('hex')}`;
  await fleet.database.query(`create database ${name}`);
  const worker = fleet.worker({ databaseUrl: fleet.url.replace(/[^/]+$/, name) });
  expect(await worker.ended).toBe(1);
  expect(worker.lines.at(-1)).toMatchObject({
    err: { code: 'DATABASE_NOT_MIGRATED', remedy: 'Run `fleet migrate`.' },
  });
  await fleet.database.query(`drop database ${name} with (force)`);
});
