import { execa } from 'execa';
import { NoS3Server } from './server.ts';

const PACKAGES = ['ceph-mon', 'ceph-osd', 'radosgw'];
const PROGRAMS = [...PACKAGES, 'radosgw-admin', 'ceph', 'ceph-authtool', 'monmaptool'];
const INSTALL_LIMIT = 600_000;

export async function cephIsInstalled(): Promise<boolean> {
  const found = await execa('which', PROGRAMS, { reject: false });
  return found.exitCode === 0;
}

/** Takes the packages from the distribution (Debian, Ubuntu). Needs root or a silent sudo. */
export async function installCeph(): Promise<void> {
  const asRoot = await rootPrefix();
  if (asRoot === undefined || !(await has('apt-get'))) {
    throw new NoS3Server(
      `No S3 server to test with: install ${PACKAGES.join(', ')}, or set FLEET_TEST_S3_ENDPOINT.`,
    );
  }
  console.log(`Installing ${PACKAGES.join(', ')} for the S3 tests ...`);
  if (await apt(asRoot, ['install', '--yes', '--no-install-recommends', ...PACKAGES])) return;
  await apt(asRoot, ['update']);
  if (await apt(asRoot, ['install', '--yes', '--no-install-recommends', ...PACKAGES])) return;
  throw new NoS3Server(
    `No S3 server to test with: apt-get could not install ${PACKAGES.join(', ')}.`,
  );
}

/** Waits for another process's apt-get. */
async function apt(asRoot: readonly string[], args: readonly string[]): Promise<boolean> {
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  const [program = 'apt-get', ...rest] = [...asRoot, 'apt-get', ...lock, '-qq', ...args];
  const run = await execa(program, rest, {
    reject: false,
    timeout: INSTALL_LIMIT,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  return run.exitCode === 0;
}

async function rootPrefix(): Promise<readonly string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  const sudo = await execa('sudo', ['-n', 'true'], { reject: false });
  return sudo.exitCode === 0 ? ['sudo', '-n'] : undefined;
}

async function has(program: string): Promise<boolean> {
  return (await execa('which', [program], { reject: false })).exitCode === 0;
}
