import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../harness/database.ts';
import { runLanes } from './lanes.ts';

const sequences = 5000;

describe('the task table', () => {
  let databases: TestDatabase[] = [];
  beforeAll(async () => {
    const lanes = Array.from({ length: Math.max(2, availableParallelism()) }, createDatabase);
    databases = await Promise.all(lanes);
  });
  afterAll(() => Promise.all(databases.map((database) => database.drop())));

  it(`does what the model predicts in ${sequences} sequences of commands`, async () => {
    const seed = Math.trunc(Math.random() * 2 ** 31);
    const seen = new Map<string, number>();
    let count = 0;
    await runLanes({
      urls: databases.map((database) => database.url),
      seed,
      sequences,
      onSequence(world) {
        count += 1;
        for (const { outcome } of world.attempts) seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
      },
    });
    expect(count).toBeGreaterThanOrEqual(sequences);
    // Sequences that only ever enqueue would prove nothing.
    const outcomes = ['done', 'failed', 'lost', 'interrupted', 'cancelled'];
    const seldom = outcomes.filter((outcome) => (seen.get(outcome) ?? 0) < sequences / 250);
    expect(seldom).toEqual([]);
  }, 600_000);
});
