import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fuseHardSwish } from '../../../fleet/inference/onnx/fuse-hard-swish.ts';
import { decodeModel, encodeModel, type OnnxModel } from '../../../fleet/inference/onnx/schema.ts';
import { zeroDenormals } from '../../../fleet/inference/onnx/zero-denormals.ts';
import { OnnxSession } from '../../../fleet/inference/onnx-session.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../../harness/temporary-folder.ts';
import { model, node, tensor } from './onnx-bytes.ts';

let folder: string;
beforeEach(async () => {
  folder = await makeTemporaryFolder();
});
afterEach(() => removeTemporaryFolder(folder));

const inputs = [-5, -3, -1, 0, 0.5, 2, 3, 7];

async function outputs(bytes: Uint8Array): Promise<number[]> {
  const file = path.join(folder, `${crypto.randomUUID()}.onnx`);
  await writeFile(file, bytes);
  const session = await OnnxSession.open(file, { intraOpThreads: 1 });
  const { data } = await session.run({ data: Float32Array.from(inputs), dims: [inputs.length] });
  await session.close();
  return [...data];
}

const operators = (onnx: OnnxModel) => onnx.graph.node.map(({ opType }) => opType);

const constants = [tensor('zero', [0]), tensor('three', [3]), tensor('six', [6])];
const gate = [node('Add', ['x', 'three'], 'sum'), node('Clip', ['sum', 'zero', 'six'], 'clipped')];
const hardSwish = [
  ...gate,
  node('Mul', ['x', 'clipped'], 'product'),
  node('Div', ['product', 'six'], 'y'),
];

describe('a model', () => {
  it('that is read and written unchanged computes the same', async () => {
    const bytes = model(hardSwish, constants);
    expect(await outputs(encodeModel(decodeModel(bytes)))).toEqual(await outputs(bytes));
  });

  it('that is none is refused', () => {
    expect(() => decodeModel(Buffer.from('<html>'))).toThrow('wire type');
  });
});

describe('fuseHardSwish', () => {
  it('replaces x · clip(x + 3, 0, 6) / 6, with the same outputs', async () => {
    const bytes = model(hardSwish, constants);
    const onnx = decodeModel(bytes);
    expect(fuseHardSwish(onnx)).toBe(1);
    expect(operators(onnx)).toEqual(['HardSigmoid', 'Mul']);
    const before = await outputs(bytes);
    (await outputs(encodeModel(onnx))).forEach((value, index) =>
      expect(value).toBeCloseTo(before[index]!, 5),
    );
  });

  it('replaces clip(x + 3, 0, 6) / 6, with the same outputs', async () => {
    const bytes = model([...gate, node('Div', ['clipped', 'six'], 'y')], constants);
    const onnx = decodeModel(bytes);
    expect(fuseHardSwish(onnx)).toBe(1);
    expect(operators(onnx)).toEqual(['HardSigmoid']);
    const before = await outputs(bytes);
    (await outputs(encodeModel(onnx))).forEach((value, index) =>
      expect(value).toBeCloseTo(before[index]!, 5),
    );
  });

  it.each([
    [
      'the bounds are others',
      hardSwish,
      [tensor('zero', [-1]), tensor('three', [3]), tensor('six', [6])],
    ],
    [
      'the summand is another',
      hardSwish,
      [tensor('zero', [0]), tensor('three', [2]), tensor('six', [6])],
    ],
    [
      'a step is used elsewhere',
      [
        ...hardSwish.slice(0, 3),
        node('Div', ['product', 'six'], 'swish'),
        node('Add', ['swish', 'clipped'], 'y'),
      ],
      constants,
    ],
  ])('leaves the model as it is when %s', (_, nodes, tensors) => {
    const onnx = decodeModel(model(nodes, tensors));
    const before = operators(onnx);
    expect(fuseHardSwish(onnx)).toBe(0);
    expect(operators(onnx)).toEqual(before);
  });
});

describe('zeroDenormals', () => {
  it('sets vanishing weights to zero and leaves the others', async () => {
    const weights = tensor('w', [1, 1e-39, -1e-25, 1e-19, 0, -2, 3, 4]);
    const onnx = decodeModel(model([node('Mul', ['x', 'w'], 'y')], [weights]));
    expect(zeroDenormals(onnx)).toBe(2);
    const [first, second, third, fourth] = await outputs(encodeModel(onnx));
    expect([first, Math.abs(second!), Math.abs(third!)]).toEqual([-5, 0, 0]);
    expect(fourth).toBe(0);
    const kept = decodeModel(encodeModel(onnx)).graph.initializer[0]!.rawData;
    expect(new Float32Array(Uint8Array.from(kept).buffer)[3]).toBeCloseTo(1e-19, 25);
  });
});
