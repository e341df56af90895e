import { execa } from 'execa';

const INSTALL_LIMIT_MS = 600_000;

/**
 * Are these programs there, or could their packages be taken from the distribution (Debian,
 * Ubuntu; needs root or a silent sudo)?
 */
export async function havePrograms(
  programs: readonly string[],
  packages: readonly string[],
): Promise<boolean> {
  if (await succeeds('which', programs)) return true;
  const asRoot = await rootPrefix();
  if (asRoot === undefined || !(await succeeds('which', ['apt-get']))) return false;
  console.log(`Installing ${packages.join(', ')} for the tests ...`);
  const install = ['install', '--yes', '--no-install-recommends', ...packages];
  if (!(await apt(asRoot, install))) {
    await apt(asRoot, ['update']);
    await apt(asRoot, install);
  }
  return succeeds('which', programs);
}

async function rootPrefix(): Promise<readonly string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  return (await succeeds('sudo', ['-n', 'true'])) ? ['sudo', '-n'] : undefined;
}

/** Waits for another process's apt-get. */
function apt(asRoot: readonly string[], args: readonly string[]): Promise<boolean> {
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  const [program = 'apt-get', ...rest] = [...asRoot, 'apt-get', ...lock, '-qq', ...args];
  return succeeds(program, rest);
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  const run = await execa(program, args, {
    reject: false,
    timeout: INSTALL_LIMIT_MS,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  return run.exitCode === 0;
}
