import { expect, it } from 'vitest';
import { RunningTask } from '../../fleet/worker/running-task.ts';
import { endOf } from '../../fleet/worker/task-end.ts';

const claimed = {
  task: 1,
  fence: '1',
  job: 'j',
  kind: 'echo',
  parameters: {},
  configHash: '0',
  output: 'file:///artefacts/',
  volume: 'file:///scans/',
  version: '',
  inputVersion: undefined,
  rerun: 0,
  attempt: 1,
  maxAttempts: 5,
  maxPageFailureRate: 0,
  partPages: 64,
  partMs: 60_000,
  parts: [],
};

it('makes of a message with NUL or half a surrogate pair one that Postgres can keep', () => {
  const end = endOf(new RunningTask(claimed, 1), new Error('cut \ud83d and \0'));
  expect(end).toMatchObject({ failure: { message: 'cut \ufffd and \\0' } });
});
