import { describe, expect, it } from 'vitest';
import { readFooter } from '../../fleet/artefact/parquet-file.ts';
import { FleetError } from '../../fleet/errors/fleet-error.ts';
import { runVolume } from '../../fleet/pipeline/run-volume.ts';
import { emptyOutput, keysIn, published, runOf, volumeOf } from './volume-run.ts';

const leaseLost = () => new FleetError('LEASE_LOST', 'Another worker has the task');

describe('a run that lost its lease', () => {
  it('notices at the next part and commits no more', async () => {
    const output = await emptyOutput();
    const run = runOf(await volumeOf(30), output, {
      commitPart: async () => await Promise.reject(leaseLost()),
    });
    await expect(runVolume(run)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await keysIn(output)).not.toContain('success.json');
  });

  it('notices before it publishes, and leaves no file of its result', async () => {
    const output = await emptyOutput();
    const run = runOf(await volumeOf(30), output, {
      confirmLease: async () => await Promise.reject(leaseLost()),
    });
    await expect(runVolume(run)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await keysIn(output)).toEqual(run.parts.map((part) => part.key));
  });
});

describe('two runs of the same volume', () => {
  it('at the same time publish once: the other adopts, and the rows are one set', async () => {
    const volume = await volumeOf(25);
    const output = await emptyOutput();
    const bothReady = meeting(2);
    const runs = ['7', '8'].map((fence) =>
      runOf(volume, output, { fence, confirmLease: async () => await bothReady() }),
    );
    const outcomes = await Promise.all(runs.map(async (run) => await runVolume(run)));

    expect(outcomes.filter(({ adopted }) => adopted)).toHaveLength(1);
    expect(outcomes[0]).toMatchObject({ ...outcomes[1], adopted: outcomes[0]?.adopted });
    const { marker, rows } = await published(output);
    expect(rows).toHaveLength(25);
    const named = marker.files.map(({ name }) => name);
    expect(await keysIn(output)).toEqual([...named, 'success.json']);
  });

  it('one after the other: the second adopts without reading a page', async () => {
    const volume = await volumeOf(25);
    const output = await emptyOutput();
    const first = await runVolume(runOf(volume, output));
    const second = runOf(volume, output, { fence: '8' });
    expect(await runVolume(second)).toEqual({ ...first, adopted: true, timings: {} });
    expect(second.pool.begun).toEqual([]);
  });

  it('one finishing while the other assembles: its parts are swept, and it adopts', async () => {
    const volume = await volumeOf(25);
    let others = 0;
    const output = await emptyOutput({
      async before(operation, key) {
        if (operation !== 'read' || !key.endsWith('part-000001-8.parquet')) return;
        if (others++ === 0) await runVolume(runOf(volume, output, { fence: '7' }));
      },
    });
    const slow = await runVolume(runOf(volume, output, { fence: '8' }));
    expect(others).toBe(1);
    expect(slow).toMatchObject({ adopted: true, pages: 25 });
    expect(await keysIn(output)).toEqual(['pages-7.parquet', 'success.json']);
  });

  it('refuse an artefact whose file is gone', async () => {
    const volume = await volumeOf(3);
    const output = await emptyOutput();
    await runVolume(runOf(volume, output));
    await output.delete('pages-7.parquet');
    await expect(runVolume(runOf(volume, output, { fence: '8' }))).rejects.toMatchObject({
      code: 'ARTEFACT_DAMAGED',
      message: expect.stringMatching(/pages-7\.parquet is missing/),
    });
  });
});

describe('a marker whose write arrived without its answer', () => {
  it('is recognised as our own', async () => {
    const output = await emptyOutput({
      after(operation, key) {
        if (operation === 'write' && key === 'success.json') {
          throw new FleetError('STORE_UNAVAILABLE', 'connection reset');
        }
      },
    });
    expect(await runVolume(runOf(await volumeOf(3), output))).toMatchObject({ adopted: false });
    expect((await published(output)).rows).toHaveLength(3);
  });

  it('and cannot be read back keeps the files that it may name', async () => {
    let away = false;
    const output = await emptyOutput({
      before() {
        if (away) throw new FleetError('STORE_UNAVAILABLE', 'no route');
      },
      after(operation, key) {
        away ||= operation === 'write' && key === 'success.json';
        if (away) throw new FleetError('STORE_UNAVAILABLE', 'connection reset');
      },
    });
    const volume = await volumeOf(3);
    await expect(runVolume(runOf(volume, output))).rejects.toMatchObject({ retryable: true });
    away = false;
    const successor = runOf(volume, output, { fence: '8' });
    expect(await runVolume(successor)).toMatchObject({ adopted: true, pages: 3 });
    expect(successor.pool.begun).toEqual([]);
  });
});

describe('a run that dies', () => {
  const rowsOf = async (output: Parameters<typeof published>[0]) => (await published(output)).rows;

  it('is resumed after its last part: no committed page is read again, the rows are the same', async () => {
    const volume = await volumeOf(45);
    const undisturbed = await emptyOutput();
    await runVolume(runOf(volume, undisturbed));

    const output = await emptyOutput();
    const controller = new AbortController();
    const dying = runOf(volume, output, { signal: controller.signal });
    const commitPart: typeof dying.commitPart = async (part) => {
      dying.parts.push(part);
      if (dying.parts.length === 2) controller.abort(new Error('killed'));
    };
    await expect(runVolume({ ...dying, commitPart })).rejects.toThrow('killed');

    const successor = runOf(volume, output, { committed: dying.parts, fence: '8' });
    await runVolume(successor);
    expect(successor.pool.begun.toSorted((a, b) => a - b)).toEqual(
      volume.pages.map(({ index }) => index).slice(20),
    );
    expect(await rowsOf(output)).toEqual(await rowsOf(undisturbed));
    const [before, after] = [
      await output.read('pages-8.parquet'),
      await undisturbed.read('pages-7.parquet'),
    ];
    expect(withoutFooter(before).equals(withoutFooter(after))).toBe(true);
    expect({ ...readFooter(before), 'fleet.made_by': '' }).toEqual({
      ...readFooter(after),
      'fleet.made_by': '',
    });
    expect(await keysIn(output)).toEqual(['pages-8.parquet', 'success.json']);
  });

  it.each(['missing', 'damaged'])('leaving a %s part has those pages read again', async (how) => {
    const volume = await volumeOf(35);
    const output = await emptyOutput();
    const dying = runOf(volume, output, {
      confirmLease: async () => await Promise.reject(leaseLost()),
    });
    await expect(runVolume(dying)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    const lost = dying.parts[1]?.key ?? '';
    await (how === 'missing' ? output.delete(lost) : output.write(lost, Buffer.from('PAR1')));

    const successor = runOf(volume, output, { committed: dying.parts, fence: '8' });
    expect(await runVolume(successor)).toMatchObject({ pages: 35, failed: 0 });
    expect(successor.pool.begun.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 10 }, (_, i) => i + 10),
    );
    expect((await rowsOf(output)).map(({ page }) => page)).toEqual(
      volume.pages.map(({ index }) => index),
    );
  });

  it('leaving parts with a gap is refused: a defect must not become a result', async () => {
    const volume = await volumeOf(35);
    const output = await emptyOutput();
    const dying = runOf(volume, output, {
      confirmLease: async () => await Promise.reject(leaseLost()),
    });
    await expect(runVolume(dying)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    const committed = dying.parts.filter(({ number }) => number !== 1);
    await expect(runVolume(runOf(volume, output, { committed }))).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringMatching(/part 2 begins at page 20, part 1 at page 10 was expected/),
    });
  });
});

/** All bytes before the metadata, whose length stands before the last four bytes. */
function withoutFooter(file: Buffer): Buffer {
  return file.subarray(0, file.length - 8 - file.readUInt32LE(file.length - 8));
}

/** Resolves for everyone when `count` have come. */
function meeting(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let come = 0;
  return async () => {
    come += 1;
    if (come === count) resolve();
    await promise;
  };
}
