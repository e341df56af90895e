import { describe, expect, test } from 'vitest';
import type { FleetError } from '../../../fleet/errors/fleet-error.ts';
import type { Implementation } from './implementation.ts';
import { bytes, failure } from './observe.ts';

/** Conditional writes. */
export function writingOnceConformance({ create }: Implementation): void {
  describe.concurrent('writing once', () => {
    test('writes what is absent and refuses what exists', async () => {
      const { store } = await create();
      await store.write('success.json', bytes('first'), { ifAbsent: true });
      const error = await failure(store.write('success.json', bytes('second'), { ifAbsent: true }));
      expect(error.code).toBe('STORE_EXISTS');
      expect(error.message).toContain('success.json');
      expect(await store.read('success.json')).toEqual(bytes('first'));
    });

    test('has exactly one winner among twenty', async () => {
      const { store, leftovers } = await create();
      const racers = Array.from({ length: 20 }, (_, index) => `racer ${index}`);
      const results = await Promise.allSettled(
        racers.map(async (racer) => store.write('marker', bytes(racer), { ifAbsent: true })),
      );
      const won = racers.filter((_, index) => results[index]?.status === 'fulfilled');
      const codes = results.flatMap((result) =>
        result.status === 'rejected' ? [(result.reason as FleetError).code] : [],
      );
      expect(won).toHaveLength(1);
      expect(new Set(codes)).toEqual(new Set(['STORE_EXISTS']));
      expect((await store.read('marker')).toString()).toBe(won[0]);
      expect(await leftovers()).toEqual([]);
    });
  });
}
