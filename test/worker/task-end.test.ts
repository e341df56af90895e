import { expect, it } from 'vitest';
import { FleetError } from '../../fleet/errors/fleet-error.ts';
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

it.each([
  ['STORE_DENIED', true],
  ['MODEL_NOT_FOUND', true],
  ['VOLUME_EMPTY', false],
  ['STORE_UNAVAILABLE', true],
] as const)('lets a task with %s be tried again: %s', (code, retryable) => {
  const end = endOf(new RunningTask(claimed, 1), new FleetError(code, 'it failed'));
  expect(end).toMatchObject({ failure: { code, retryable } });
});
