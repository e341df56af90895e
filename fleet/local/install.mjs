/**
 * Installs the dependencies when they are missing or differ from package-lock.json; npm runs it
 * before `npm start` and `npm test`. Plain JavaScript without imports from node_modules: it runs
 * before there are any, on whatever Node npm itself runs on (18 or later).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const inRoot = (...segments) => path.join(root, ...segments);

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Compared by content, not by age: a checkout touches package-lock.json without changing it. npm
 * writes its own lock file into node_modules last, so a broken-off installation has none.
 */
function isInstalled() {
  const installed = readPackages(inRoot('node_modules', '.package-lock.json'));
  const wanted = readPackages(inRoot('package-lock.json'));
  if (!installed || !wanted || !existsSync(inRoot('node_modules', '.bin', 'node'))) return false;
  return Object.entries(wanted).every(
    ([folder, { optional, version }]) =>
      folder === '' || (optional && !installed[folder]) || installed[folder]?.version === version,
  );
}

/** The npm that runs this script, on its own Node: the one in node_modules is about to be removed. */
function npmCommand() {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  return cli && node && path.basename(cli) === 'npm-cli.js' ? [node, cli] : ['npm'];
}

function install() {
  const [command, ...leading] = npmCommand();
  // Only errors: npm on an older Node warns of every package that wants a newer one, but they
  // all run on the Node that is installed with them. Scripts are needed: they fetch that Node.
  const options = ['--loglevel=error', '--ignore-scripts=false', '--include=dev'];
  const { status, error } = spawnSync(command, [...leading, 'ci', ...options], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    // Its script would download CUDA libraries; the CPU ones are in the package.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });
  if (error) throw error;
  return status === 0;
}

if (!isInstalled()) {
  process.stderr.write('Installing the dependencies that package-lock.json names (npm ci) …\n');
  const start = Date.now();
  if (!install() || !isInstalled()) {
    process.stderr.write(
      'The installation failed: npm says why above. Once that is remedied, run the same command again.\n',
    );
    process.exit(1);
  }
  process.stderr.write(`Installed in ${Math.round((Date.now() - start) / 1000)} s.\n`);
}
