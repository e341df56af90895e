import { execa } from 'execa';

/** Is spin there, or could it be taken from the distribution (Debian, Ubuntu; needs root or a silent sudo)? */
export async function haveSpin(): Promise<boolean> {
  if (await isInstalled()) return true;
  const prefix = await rootPrefix();
  if (prefix === undefined || !(await succeeds('which', ['apt-get']))) return false;
  console.log('Installing spin for the tests of the formal model ...');
  const install = ['install', '--yes', '--no-install-recommends', 'spin'];
  if (!(await apt(prefix, install))) {
    await apt(prefix, ['update']);
    await apt(prefix, install);
  }
  return isInstalled();
}

function isInstalled(): Promise<boolean> {
  return succeeds('which', ['spin', 'cc']);
}

async function rootPrefix(): Promise<readonly string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  return (await succeeds('sudo', ['-n', 'true'])) ? ['sudo', '-n'] : undefined;
}

/** Waits for another process's apt-get. */
function apt(prefix: readonly string[], args: readonly string[]): Promise<boolean> {
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  const [program = 'apt-get', ...rest] = [...prefix, 'apt-get', ...lock, '-qq', ...args];
  return succeeds(program, rest);
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const run = await execa(program, args, { reject: false, timeout: 300_000, env });
  return run.exitCode === 0;
}
