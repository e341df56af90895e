/**
 * `npm test`: the checks of the sources side by side, then the tests. What is given after
 * `npm test --` goes to vitest (a folder, `-t name`). The last line is `N passed, N failed`: tests,
 * and one more failed for each check that did.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const environment = {
  ...process.env,
  PATH: `${path.join(root, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH}`,
  ORT_DISABLE_TELEMETRY: '1',
};

const checks = [
  ['build', 'tsc -p tsconfig.build.json'],
  ['types', 'tsc --noEmit'],
  ['lint', 'oxlint --type-aware --deny-warnings'],
  ['format', 'biome format .'],
  ['unused code', 'knip'],
];

/** Runs a command to its end; `inherit` shows its output as it comes, `pipe` collects it. */
function run(command, stdio) {
  return new Promise((resolve) => {
    const [program, ...parameters] = command;
    const child = spawn(program, parameters, {
      cwd: root,
      env: environment,
      stdio: ['ignore', stdio, stdio],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ ok: false, output: error.message }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

async function check([name, command]) {
  const start = performance.now();
  const { ok, output } = await run(command.split(' '), 'pipe');
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${ok ? 'ok  ' : 'FAIL'}  ${name} (${seconds} s)`);
  if (!ok) console.log(`${output.trimEnd()}\n`);
  return ok;
}

/** Vitest's own exit code counts too: an error outside of any test fails no test. */
async function runTests(parameters) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'fleet-report-'));
  const report = path.join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const { ok } = await run(['vitest', 'run', ...reporters, ...parameters], 'inherit');
    const result = JSON.parse(await readFile(report, 'utf8').catch(() => '{}'));
    const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = result;
    const skipped = (result.numPendingTests ?? 0) + (result.numTodoTests ?? 0);
    return { passed, failed: ok ? failed : Math.max(failed, 1), skipped };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const failedChecks = (await Promise.all(checks.map(check))).filter((ok) => !ok).length;
const tests = await runTests(process.argv.slice(2));
const failed = tests.failed + failedChecks;
const skipped = tests.skipped === 0 ? '' : `, ${tests.skipped} skipped`;
console.log(`${tests.passed} passed, ${failed} failed${skipped}`);
process.exitCode = failed === 0 && tests.passed > 0 ? 0 : 1;
