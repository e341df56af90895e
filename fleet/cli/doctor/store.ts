import { randomUUID } from 'node:crypto';
import { FleetError } from '../../errors/fleet-error.ts';
import { openStore } from '../../store/open.ts';
import type { Store } from '../../store/store.ts';
import { type Checks, type Finding, fail, failed, ok } from './finding.ts';

/** Long enough for a store's own retries (ms); workers are more patient. */
const limit = 20_000;
/** Also after Ctrl-C, hence short. */
const cleaningLimit = 3_000;

/** Each store is written to, read from, listed, and held to what publication depends on. */
export const storeChecks: Checks = async function* ({ outputs, signal }) {
  for (const uri of outputs) {
    const check = `store ${uri}`;
    const patience = AbortSignal.timeout(limit);
    yield await tryStore(check, uri, AbortSignal.any([signal, patience])).catch((error: unknown) =>
      patience.aborted ? silent(check) : failed(check, error),
    );
  }
};

function silent(check: string): Finding {
  return fail(
    check,
    `did not answer within ${limit / 1000} s`,
    'Check AWS_ENDPOINT_URL_S3, AWS_REGION and the network.',
  );
}

async function tryStore(check: string, uri: string, signal: AbortSignal): Promise<Finding> {
  const store = openStore(uri);
  const key = `.fleet-doctor-${randomUUID()}`;
  try {
    return await exercise(check, store, key, signal);
  } finally {
    await store.delete(key, { signal: AbortSignal.timeout(cleaningLimit) }).catch(() => undefined);
    store.close();
  }
}

async function exercise(
  check: string,
  store: Store,
  key: string,
  signal: AbortSignal,
): Promise<Finding> {
  const body = Buffer.from('fleet doctor');
  await store.write(key, body, { signal, ifAbsent: true });
  const read = await store.read(key, { signal });
  if (!read.equals(body)) {
    return fail(check, 'gives back other bytes than were written', 'Do not use this store.');
  }
  const seen = [];
  for await (const found of store.list({ prefix: key, signal })) seen.push(found.key);
  if (!seen.includes(key)) {
    return fail(check, 'does not list what was written', 'Allow listing (s3:ListBucket).');
  }
  if (await overwrites(store, key, signal)) {
    return fail(
      check,
      'ignores If-None-Match: an artefact could be published twice',
      'Use a store with conditional writes (AWS S3, Ceph, MinIO, a folder).',
    );
  }
  return ok(check, 'read, write, list and conditional write');
}

async function overwrites(store: Store, key: string, signal: AbortSignal): Promise<boolean> {
  try {
    await store.write(key, Buffer.from('again'), { signal, ifAbsent: true });
    return true;
  } catch (error) {
    if (FleetError.is(error, 'STORE_EXISTS')) return false;
    throw error;
  }
}
