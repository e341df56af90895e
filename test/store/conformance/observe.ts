import type { ErrorCode } from '../../../fleet/errors/catalogue.ts';
import { FleetError } from '../../../fleet/errors/fleet-error.ts';
import type { Store } from '../../../fleet/store/store.ts';

export const bytes = (text: string): Buffer => Buffer.from(text);

export async function failure(work: Promise<unknown>): Promise<FleetError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof FleetError) return error;
  throw new Error('expected a FleetError', { cause: error });
}

export const codeOf = async (work: Promise<unknown>): Promise<ErrorCode> =>
  (await failure(work)).code;

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function keysOf(
  store: Store,
  options?: Parameters<Store['list']>[0],
): Promise<string[]> {
  return (await collect(store.list(options))).map((info) => info.key);
}

export async function writeAll(store: Store, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map(async (key) => store.write(key, bytes(key))));
}
