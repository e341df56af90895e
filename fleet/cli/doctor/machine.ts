import { statfs } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import { makeFolder } from '../../config/make-folder.ts';
import { type Checks, type Finding, fail, failed, ok, warn } from './finding.ts';

const gigabyte = 1e9;
/** Models, downloads and the local store's temporary files. */
const wantedDisk = 2 * gigabyte;
/** One reading thread with its models and a decoded page. */
const wantedMemory = 1 * gigabyte;

/** The runtime and what it has to live on. */
export const machineChecks: Checks = async function* ({ config }) {
  yield runtime();
  yield memory();
  yield await disk('data folder', config.dataDir);
  yield await disk('cache folder', config.cacheDir);
};

function runtime(): Finding {
  const detail = `Node ${process.versions.node} on ${process.platform} ${process.arch}, ${availableParallelism()} cores`;
  if (process.env['ORT_DISABLE_TELEMETRY'] === '1') return ok('runtime', detail);
  return fail(
    'runtime',
    `${detail}; onnxruntime may report usage`,
    'Start it with fleet/cli/bin.mjs, or set ORT_DISABLE_TELEMETRY=1.',
  );
}

/** What the process may use: the cgroup's limit, where there is one, counts more than free memory. */
function memory(): Finding {
  const limit = process.constrainedMemory();
  const free = Math.min(freemem(), limit > 0 ? process.availableMemory() : Infinity);
  const detail = `${inGigabytes(free)} free`;
  if (free >= wantedMemory) return ok('memory', detail);
  return warn('memory', detail, `A worker wants ${inGigabytes(wantedMemory)} for each thread.`);
}

async function disk(check: string, folder: string): Promise<Finding> {
  try {
    await makeFolder(folder);
    const { bavail, bsize } = await statfs(folder);
    const detail = `${folder}, ${inGigabytes(bavail * bsize)} free`;
    if (bavail * bsize >= wantedDisk) return ok(check, detail);
    return warn(check, detail, `Make room: ${inGigabytes(wantedDisk)} are a comfortable least.`);
  } catch (error) {
    return failed(check, error);
  }
}

function inGigabytes(bytes: number): string {
  return `${(bytes / gigabyte).toFixed(1)} GB`;
}
