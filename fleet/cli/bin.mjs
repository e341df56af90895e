#!/usr/bin/env node
/**
 * The program `fleet`. Runs the build when it is not older than the sources, else the sources; on
 * a Node that is too old it hands over to the one that is installed with the dependencies.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(folder, '..', '..');

// Before anything loads onnxruntime: it reports usage to its maker otherwise.
process.env.ORT_DISABLE_TELEMETRY = '1';

/** From 22.19 on Node runs TypeScript as it is. */
function isNodeRecent() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 19);
}

/** Milliseconds since the epoch at which the youngest source was changed. */
function youngestSource() {
  const folders = ['fleet', 'tui'].map((name) => path.join(root, name)).filter(existsSync);
  const ages = folders.flatMap((each) =>
    readdirSync(each, { recursive: true, withFileTypes: true })
      .filter((entry) => /\.tsx?$/.test(entry.name))
      .map((entry) => statSync(path.join(entry.parentPath, entry.name)).mtimeMs),
  );
  return Math.max(0, ...ages);
}

function chooseMain() {
  const source = path.join(folder, 'main.ts');
  const built = path.join(root, 'dist', 'fleet', 'cli', 'main.js');
  if (!existsSync(source)) return built;
  const isCurrent = existsSync(built) && statSync(built).mtimeMs >= youngestSource();
  return isCurrent ? built : source;
}

function handOver() {
  const node = path.join(root, 'node_modules', '.bin', 'node');
  if (!existsSync(node)) {
    process.stderr.write(
      `fleet needs Node 22.19 or later, this is ${process.versions.node}. Run \`npm ci\` in ${root}: it brings one.\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  // A terminal sends Ctrl-C to both; what is sent to this process alone is passed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}

if (isNodeRecent()) {
  const { enableCompileCache } = await import('node:module');
  // Halves the start. Not in the shared temporary folder, where anybody could plant code.
  enableCompileCache(path.join(root, 'node_modules', '.cache', 'compile'));
  const { main } = await import(pathToFileURL(chooseMain()).href);
  process.exitCode = await main(process.argv.slice(2));
  // The command is over. A call into a dead file system must not keep the process.
  setTimeout(() => process.exit(), 5_000).unref();
} else {
  handOver();
}
