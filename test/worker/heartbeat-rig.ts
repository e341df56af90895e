import { onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../fleet/queue/database.ts';
import { register } from '../../fleet/queue/protocol/register.ts';
import { monotonic } from '../../fleet/worker/heartbeat/gauges.ts';
import { type Heart, startHeart } from '../../fleet/worker/heartbeat/heart.ts';
import type { HeartBeat } from '../../fleet/worker/heartbeat/messages.ts';
import { createDatabase } from '../harness/database.ts';

/** A heart with all that it said. */
export interface Rig {
  readonly heart: Heart;
  readonly beats: HeartBeat[];
  readonly said: string[];
}

export async function openTestDatabase(): Promise<{ url: string; database: Database }> {
  const created = await createDatabase();
  const { url } = created;
  const database = openDatabase({ url, applicationName: 'test', onError: () => undefined });
  onTestFinished(async () => {
    await database.close();
    await created.drop();
  });
  return { url, database };
}

export function startRig(url: string, { leaseMs = 1_000, beatMs = 200 } = {}): Rig {
  const beats: HeartBeat[] = [];
  const said: string[] = [];
  const heart = startHeart({
    url,
    applicationName: 'test heart',
    leaseMs,
    beatMs,
  });
  heart.events.on('beat', (beat) => beats.push(beat));
  for (const event of ['failing', 'expired', 'died'] as const) {
    heart.events.on(event, () => said.push(event));
  }
  onTestFinished(() => heart.stop());
  return { heart, beats, said };
}

export async function registerWorker(database: Database, heart: Heart, leaseMs = 1_000) {
  const sentAt = monotonic();
  const id = await register(
    database,
    {
      name: 'heart-test',
      host: 'test',
      pid: process.pid,
      version: 'test',
      kinds: ['echo'],
      labels: [],
      memoryMb: 0,
      slots: 4,
      statusUrl: undefined,
      info: {},
    },
    leaseMs,
  );
  heart.register(id, sentAt);
  return id;
}
