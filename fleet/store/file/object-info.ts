import type { BigIntStats } from 'node:fs';
import type { ObjectInfo } from '../store.ts';

/**
 * A file as an object. Its etag is made of size, time of change and inode: every write by this
 * store makes a new inode, an edit in place moves the time.
 */
export function objectInfo(key: string, stats: BigIntStats): ObjectInfo {
  const etag = [stats.size, stats.mtimeNs, stats.ino].map((part) => part.toString(16)).join('-');
  return { key, size: Number(stats.size), etag, modified: stats.mtime };
}
