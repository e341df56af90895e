import type { ThreadSettings } from '../inference/threads/messages.ts';
import type { ReadingSpec } from '../inference/reading-pool.ts';
import type { Reader } from './kind.ts';
import { loadKind, parseParameters } from './registry.ts';

/** The readers that one thread has open: one for each kind and parameter set it has met. */
export class OpenedKinds {
  readonly #settings: ThreadSettings;
  readonly #readers = new Map<string, Reader>();

  constructor(settings: ThreadSettings) {
    this.#settings = settings;
  }

  /** Throws `KIND_UNKNOWN`, `PARAMETER_INVALID`, or what the kind throws when it opens. */
  async reader(spec: ReadingSpec, signal: AbortSignal): Promise<Reader> {
    const key = JSON.stringify([spec.kind, spec.parameters]);
    const open = this.#readers.get(key);
    if (open) return open;
    const { cacheDir, intraOpThreads, kindModules } = this.#settings;
    const kind = await loadKind(spec.kind, kindModules);
    const parameters = parseParameters(kind, spec.parameters);
    const reader = await kind.open(parameters, { signal, intraOpThreads, cacheDir });
    this.#readers.set(key, reader);
    return reader;
  }

  async close(): Promise<void> {
    const readers = [...this.#readers.values()];
    this.#readers.clear();
    await Promise.all(readers.map((reader) => reader.close()));
  }
}
