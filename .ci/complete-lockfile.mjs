#!/usr/bin/env node
/**
 * Adds to package-lock.json the platform packages (`@scope/tool-darwin-arm64` and the like) that
 * npm leaves out when the registry it asked does not carry them. Without them `npm ci` refuses the
 * lock file with "Missing: … from lock file". Versions are those that the parent pins; npm fills
 * in the integrity when it next resolves the package.
 *
 * Usage: node .ci/complete-lockfile.mjs [package-lock.json]
 */
import { readFileSync, writeFileSync } from 'node:fs';

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
];

/** What the name of a platform package says of where it runs. */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const system = words.find((word) => systems.includes(word));
  const processor = words.find((word) => processors.includes(word));
  return {
    cpu: processor && [processor],
    libc: system === 'linux' ? libcOf(words.at(-1) ?? '') : undefined,
    os: system && [system],
  };
}

function libcOf(suffix) {
  if (suffix.startsWith('musl')) return ['musl'];
  return suffix.startsWith('gnu') ? ['glibc'] : undefined;
}

/** The lock's packages by where a `require` from `folder` would look for `name`. */
function isLocked(packages, folder, name) {
  const steps = folder.split('node_modules/');
  return steps.some((_, depth) => {
    const parent = steps.slice(0, steps.length - depth).join('node_modules/');
    const prefix = parent === '' || parent.endsWith('/') ? parent : `${parent}/`;
    return `${prefix}node_modules/${name}` in packages;
  });
}

const file = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(file, 'utf8'));
const added = [];
for (const [folder, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(lock.packages, folder, name) || !/^\d/.test(version)) continue;
    const { cpu, libc, os } = platformOf(name);
    const place = `node_modules/${name}`;
    lock.packages[place] = { version, cpu, dev: entry.dev, libc, optional: true, os };
    added.push(name);
  }
}
const inOrder = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(inOrder);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added.length} packages added\n`);
