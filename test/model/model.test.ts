import { describe, expect, it } from 'vitest';
import { havePrograms } from '../harness/debian-packages.ts';
import { check } from './spin.ts';

const present = await havePrograms(['spin', 'cc'], ['spin']);
if (!present) {
  const sentence = 'spin is not installed and could not be: apt-get install spin';
  if (process.env['CI']) throw new Error(sentence);
  console.warn(`The formal model is not checked: ${sentence}`);
}

/** Fewer troubles than for safety: fairness multiplies the states by the number of processes. */
const livenessBudgets = ['REDRIVES=0', 'FAILURES=0', 'OUTAGES=0'];

const broken = [
  ['a completion is accepted whatever its fence', 'COMPLETE_UNFENCED', 'n==claims'],
  ['a part is accepted whatever its fence', 'PART_UNFENCED', 'n==claims'],
  ['a redrive restarts the fences', 'FENCE_RESTARTS', 'n==claims'],
  ['two claims read the same row before either writes', 'CLAIM_RACY', 'state=='],
  ['a lease may be ended while a claim is under way', 'CLAIM_UNLOCKED', 'leased[w]'],
  ['recovery does not ask whether the lease is over', 'RECOVER_LIVE', 'excused'],
  ['a beat may come between the asking and the taking', 'RECOVER_STALE', 'excused'],
  ['the first worker back after an outage recovers', 'RECOVER_BROKEN', 'excused'],
  ['the lease is not confirmed before the publication', 'UNCONFIRMED', 'current'],
  ['success.json is written without a condition', 'MARKER_UNCONDITIONAL', '!(marked)'],
  ['data files do not carry the fence in their name', 'DATA_UNFENCED', 'data_file[marked_key]'],
  ['a task is completed before it is published', 'COMPLETE_FIRST', 'marked'],
  ['a part is committed before its file is written', 'PART_ROW_FIRST', 'part_file'],
] as const;

describe.skipIf(!present)('the formal model of lease, fence and publication', () => {
  it('holds in every state', async () => {
    const verdict = await check({ mode: 'safety', optimise: true });
    expect(verdict).toMatchObject({ holds: true, violation: undefined });
    expect(verdict.states).toBeGreaterThan(1_000_000);
  }, 300_000);

  it('lets every task end as long as one worker is left', async () => {
    const budgets = { mode: 'liveness', defines: livenessBudgets, optimise: true } as const;
    const verdict = await check(budgets);
    expect(verdict).toMatchObject({ holds: true, violation: undefined });
    expect(verdict.states).toBeGreaterThan(10_000);
  }, 300_000);

  it.each(broken)('does not hold when %s', async (_rule, variant, violation) => {
    const verdict = await check({ mode: 'safety', defines: [variant] });
    expect(verdict.holds).toBe(false);
    expect(verdict.violation).toContain(violation);
  });

  it('lets a task be held for ever when nobody recovers', async () => {
    const verdict = await check({ mode: 'liveness', defines: [...livenessBudgets, 'UNRECOVERED'] });
    expect(verdict).toMatchObject({ holds: false, violation: 'acceptance cycle' });
  });
});
