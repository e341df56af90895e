import { isMarkedAsUntransferable } from 'node:worker_threads';

/**
 * The same bytes in a memory block of their own, which can move to another thread: the given ones
 * if they have one, a copy if they share it (small Buffers lie in a pool of Node's).
 */
export function transferable(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return ownsItsMemory(bytes) ? bytes : new Uint8Array(bytes);
}

function ownsItsMemory(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  return (
    buffer instanceof ArrayBuffer &&
    buffer.byteLength === byteLength &&
    !isMarkedAsUntransferable(buffer)
  );
}
