import { once } from 'node:events';
import { chown, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { freePort } from '../s3-server/free-port.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';

/** The account that pgbouncer drops to when it is started by root, as which it refuses to run. */
const NOBODY = 65_534;

/**
 * Debian's pgbouncer in transaction mode before a database, until the test ends. Returns the URL
 * to use instead.
 */
export async function startPooler(databaseUrl: string): Promise<string> {
  const { hostname, port, pathname, username, password } = new URL(databaseUrl);
  const name = pathname.slice(1);
  const folder = await makeTemporaryFolder();
  const ownPort = await freePort();
  const file = join(folder, 'pgbouncer.ini');
  await writeFile(
    file,
    `[databases]
${name} = host=${hostname} port=${port} dbname=${name} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${ownPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
`,
  );
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chown(file, NOBODY, -1);
  const pooler = execa('pgbouncer', [...(isRoot ? ['-u', 'nobody'] : []), file], { reject: false });
  onTestFinished(async () => {
    pooler.kill();
    await pooler;
    await removeTemporaryFolder(folder);
  });
  await until(() => accepts(ownPort), { what: 'the pooler accepts connections' });
  return `postgresql://${username}@127.0.0.1:${ownPort}/${name}`;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
