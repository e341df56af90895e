import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fleet } from '../harness/cli.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../harness/temporary-folder.ts';

/** Nothing listens there: port 1 is reserved. */
const nowhere = { DATABASE_URL: 'postgres://alice:hunter2@127.0.0.1:1/fleet' };

describe('a command line that is wrong', () => {
  it.each([
    [['migrat'], /unknown command 'migrat'\n\(Did you mean migrate\?\)/],
    [['migrate', '--jsno'], /unknown option '--jsno'\n\(Did you mean --json\?\)/],
    [[], /Usage: fleet/],
  ])('%j ends with 2 and a hint on standard error', async (parameters, hint) => {
    const { exitCode, stdout, stderr } = await fleet(parameters);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(hint);
  });

  it('ends with 2 when a variable of the environment is wrong, naming it', async () => {
    const env = { DATABASE_URL: 'mysql://alice:hunter2@db/fleet' };
    const { exitCode, stderr } = await fleet(['migrate'], { env });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/DATABASE_URL must begin with postgres/);
    expect(stderr).not.toMatch('hunter2');
  });
});

describe('a command that fails', () => {
  it('ends with 1 and says what happened, what to do, and the code', async () => {
    const { exitCode, stdout, stderr } = await fleet(['migrate'], { env: nowhere });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^error: Postgres cannot be reached: .*127\.0\.0\.1:1\n/);
    expect(stderr).toMatch(/Check DATABASE_URL.*\(DATABASE_UNREACHABLE\)$/);
  });

  it('says so in JSON for machines, and keeps standard output for results', async () => {
    const { stdout, stderr } = await fleet(['migrate', '--json'], { env: nowhere });
    expect(stdout).toBe('');
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'DATABASE_UNREACHABLE' } });
  });

  it('shows causes and stacks only when it is asked to', async () => {
    const { stderr } = await fleet(['migrate', '--verbose'], { env: nowhere });
    expect(stderr).toMatch(/caused by Error: connect ECONNREFUSED[^]* at /);
    expect((await fleet(['migrate'], { env: nowhere })).stderr).not.toMatch(/ at /);
  });

  it('shows colours only where they are wanted', async () => {
    const coloured = await fleet(['migrate'], {
      env: { ...nowhere, FORCE_COLOR: '1', NO_COLOR: '' },
    });
    expect(coloured.stderr).toMatch('\u001B[31merror:');
    expect((await fleet(['migrate'], { env: nowhere })).stderr).not.toMatch('\u001B');
  });
});

describe('a command that is stopped', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await makeTemporaryFolder();
  });
  afterAll(() => removeTemporaryFolder(folder));

  it('ends with 130 at Ctrl-C', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const command = fleet(['doctor', '--output', 's3://bucket/'], {
      env: {
        ...nowhere,
        FLEET_DATA_DIR: folder,
        AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}`,
        AWS_ACCESS_KEY_ID: 'key',
        AWS_SECRET_ACCESS_KEY: 'secret',
      },
    });
    const [connection] = (await once(silent, 'connection')) as [Socket];
    command.kill('SIGINT');
    const { exitCode, stderr } = await command;
    expect(exitCode).toBe(130);
    expect(stderr).toBe('interrupted');
    connection.destroy();
    silent.close();
  });

  it('is quiet when nobody reads what it prints', async () => {
    const program = path.join(import.meta.dirname, '..', '..', 'fleet', 'cli', 'bin.mjs');
    const script = `"$0" "$1" --help 2>"$2/stderr" | true; cat "$2/stderr"`;
    const { stdout } = await execa('sh', ['-c', script, process.execPath, program, folder]);
    expect(stdout).toBe('');
  });
});

it('telemetry of the inference runtime is off before anything is loaded', async () => {
  const { stdout } = await fleet(['doctor', '--json'], {
    env: { ...nowhere, FLEET_DATA_DIR: os.tmpdir(), ORT_DISABLE_TELEMETRY: '0' },
  });
  expect(JSON.parse(stdout).findings).toContainEqual(
    expect.objectContaining({ check: 'runtime', state: 'ok' }),
  );
});
