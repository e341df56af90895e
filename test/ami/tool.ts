import { spawnSync } from 'node:child_process';

/** Whether a program of the system is there; a test that goes without says so by being skipped. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** What a program prints, both ways, and its exit code. */
export function run(program: string, parameters: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, parameters, { encoding: 'utf8' });
  return { status, stdout, stderr };
}
