import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { type CephPlace, cephConf } from './ceph-conf.ts';
import { Daemons } from './daemons.ts';
import { freePort } from './free-port.ts';
import { makeServerFolder } from './leftovers.ts';
import type { S3Server } from './server.ts';

const STEP_LIMIT = 60_000;

/** Starts Ceph's S3 gateway with all that it needs, in a temporary folder and on loopback. */
export async function startRadosGateway(): Promise<S3Server> {
  const folder = await makeServerFolder();
  const daemons = new Daemons();
  const stop = async (): Promise<void> => {
    await daemons.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const place = {
      folder,
      fsid: randomUUID(),
      monitorPort: await freePort(),
      gatewayPort: await freePort(),
    };
    return { ...(await bringUp(place, daemons)), stop };
  } catch (cause) {
    const logs = await lastLines(folder);
    await stop();
    throw new Error(`The S3 server for the tests did not start.\n${logs}`, { cause });
  }
}

async function bringUp(place: CephPlace, daemons: Daemons) {
  const { folder, gatewayPort } = place;
  const conf = ['-c', join(folder, 'ceph.conf')];
  await writeFile(join(folder, 'ceph.conf'), cephConf(place));
  await makeKeys(join(folder, 'keyring'));
  await startMonitor(place, conf, daemons);
  await startObjectDaemon(folder, conf, daemons);
  const keys = { accessKeyId: randomUUID(), secretAccessKey: randomUUID() };
  const user = ['--uid=test', '--display-name=test'];
  const access = [`--access-key=${keys.accessKeyId}`, `--secret=${keys.secretAccessKey}`];
  await run('radosgw-admin', [...conf, 'user', 'create', ...user, ...access]);
  daemons.start('radosgw', [...conf, '-f', '-n', 'client.rgw.test']);
  const endpoint = `http://127.0.0.1:${gatewayPort}`;
  await until('the gateway answers', async () => (await fetch(endpoint)).ok);
  return { endpoint, ...keys };
}

async function makeKeys(keyring: string): Promise<void> {
  const capabilities: Readonly<Record<string, readonly string[]>> = {
    'mon.': ['--cap', 'mon', 'allow *'],
    'client.admin': [
      '--cap',
      'mon',
      'allow *',
      '--cap',
      'osd',
      'allow *',
      '--cap',
      'mgr',
      'allow *',
    ],
    'osd.0': ['--cap', 'mon', 'allow profile osd', '--cap', 'osd', 'allow *'],
    'client.rgw.test': ['--cap', 'mon', 'allow rw', '--cap', 'osd', 'allow rwx'],
  };
  await run('ceph-authtool', ['-C', keyring]);
  for (const [name, caps] of Object.entries(capabilities)) {
    await run('ceph-authtool', [keyring, '--gen-key', '-n', name, ...caps]);
  }
}

async function startMonitor(
  { folder, fsid, monitorPort }: CephPlace,
  conf: string[],
  daemons: Daemons,
) {
  const map = join(folder, 'monmap');
  const address = `[v2:127.0.0.1:${monitorPort}]`;
  await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', address, map]);
  await mkdir(join(folder, 'mon'));
  const keyring = join(folder, 'keyring');
  await run('ceph-mon', [...conf, '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring]);
  daemons.start('ceph-mon', [...conf, '-f', '-i', 'a']);
}

async function startObjectDaemon(folder: string, conf: string[], daemons: Daemons) {
  const uuid = randomUUID();
  await run('ceph', [...conf, 'osd', 'create', uuid]);
  await mkdir(join(folder, 'osd'));
  await run('ceph-osd', [...conf, '-i', '0', '--mkfs', '--osd-uuid', uuid]);
  const where = ['root=default', 'host=localhost'];
  await run('ceph', [...conf, 'osd', 'crush', 'add', 'osd.0', '1.0', ...where]);
  daemons.start('ceph-osd', [...conf, '-f', '-i', '0']);
  await until('the object daemon is up', async () => {
    const { stdout } = await run('ceph', [...conf, 'osd', 'stat', '-f', 'json']);
    return stdout.includes('"num_up_osds":1');
  });
}

/** What the daemons said last. */
async function lastLines(folder: string): Promise<string> {
  const logs = (await readdir(folder)).filter((name) => name.endsWith('.log'));
  const texts = logs.map(async (name) => {
    const lines = (await readFile(join(folder, name), 'utf8')).trimEnd().split('\n');
    return `${name}: ${lines.slice(-5).join('\n')}`;
  });
  return (await Promise.all(texts)).join('\n');
}

const run = (program: string, args: readonly string[]) =>
  execa(program, args, { timeout: STEP_LIMIT });

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + STEP_LIMIT;
  while (!(await isTrue().catch(() => false))) {
    if (Date.now() > end) throw new Error(`The S3 server did not start: waited for "${what}".`);
    await delay(100);
  }
}
