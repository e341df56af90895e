import { randomUUID } from 'node:crypto';

const TEMPORARY = /^\.fleet-[0-9a-f-]{36}\.tmp$/;

/** A name for a file that is being written: hidden, never listed, never a key. */
export const temporaryName = (): string => `.fleet-${randomUUID()}.tmp`;

export const isTemporaryName = (name: string): boolean => TEMPORARY.test(name);
