import { describe, expect, it } from 'vitest';
import { createLogger } from '../../fleet/log/logger.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  const destination = { write: (line: string) => void (text += line) };
  write(createLogger({ level: 'info', destination, bindings: { worker: 'w1' } }));
  return text;
}

describe('the log', () => {
  it('is one JSON document a line, with level, time and what the process is', () => {
    const line = logged((log) => log.info({ task: 7 }, 'claimed'));
    expect(JSON.parse(line)).toMatchObject({
      level: 'info',
      worker: 'w1',
      task: 7,
      msg: 'claimed',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it.each([
    ['a field', { password: 'hunter2' }],
    ['a field further down', { store: { secretAccessKey: 'hunter2' } }],
    ['a connection string', { url: 'postgres://alice:hunter2@db/fleet' }],
    ['a signed URL', { url: 'https://b.example/k?X-Amz-Signature=hunter2&x=1' }],
    ['an error', { err: new Error('cannot reach postgres://alice:hunter2@db/fleet') }],
    ['a header', { err: new Error('sent Authorization: Bearer hunter2hunter2') }],
  ])('shows no secret of %s', (_where, fields) => {
    const line = logged((log) => log.error(fields, 'failed'));
    expect(line).not.toContain('hunter2');
    expect(JSON.parse(line)).toHaveProperty('msg', 'failed');
  });

  it('keeps what a reader needs beside the secret', () => {
    const line = logged((log) =>
      log.error('postgres://alice:hunter2@db.example:5432/fleet is down'),
    );
    expect(line).toContain('postgres://alice:***@db.example:5432/fleet is down');
  });
});
