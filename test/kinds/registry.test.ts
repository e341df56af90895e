import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import {
  describeKinds,
  loadKind,
  loadKinds,
  validateParameters,
} from '../../fleet/kinds/registry.ts';

const scripted = path.join(import.meta.dirname, 'modules/scripted-kind.ts');

describe('kinds', () => {
  it('are those built in and those of the given modules', async () => {
    expect([...(await loadKinds([scripted])).keys()]).toEqual(['ocr', 'scripted']);
  });

  it('that are unknown are refused with those that are known', async () => {
    await expect(loadKind('orc')).rejects.toMatchObject({
      code: 'KIND_UNKNOWN',
      message: 'There is no kind "orc"; known are: ocr.',
    });
  });

  it('are described with a JSON schema of their parameters', async () => {
    const [ocr] = await describeKinds();
    expect(ocr).toMatchObject({
      name: 'ocr',
      parameters: {
        type: 'object',
        additionalProperties: false,
        properties: { detector_side: { type: 'integer', default: 1280, minimum: 320 } },
      },
    });
  });

  it('are described without loading an inference runtime or an image decoder', async () => {
    const registry = new URL('../../fleet/kinds/registry.ts', import.meta.url).href;
    const program = `
      import { describeKinds } from ${JSON.stringify(registry)};
      await describeKinds();
      const native = process.report.getReport().sharedObjects.filter((file) => /onnxruntime|vips|sharp/.test(file));
      console.log(JSON.stringify(native));`;
    const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', program]);
    expect(JSON.parse(stdout)).toEqual([]);
  });
});

describe('a module of the user', () => {
  it('that does not exist is refused by its name', async () => {
    await expect(loadKinds(['./nowhere.js'])).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('./nowhere.js'),
    });
  });

  it('that exports no kind is refused', async () => {
    const module = path.join(import.meta.dirname, '../../fleet/kinds/page-failure.ts');
    await expect(loadKinds([module])).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('exports no kind'),
    });
  });
});

describe('parameters', () => {
  it('come back with their defaults', async () => {
    const parameters = await validateParameters('ocr', { detector_side: 960 });
    expect(parameters).toMatchObject({
      detector_side: 960,
      box_threshold: 0.6,
      orientation: 'upright',
    });
  });

  it.each([
    [{ detector_side: 'big' }, /detector_side: .*expected number/],
    [{ detector_side: 100 }, /detector_side: .*>=320/],
    [{ orientation: 'sideways' }, /orientation: .*"upright"\|"as_scanned"/],
    [{ detector: 'a.onnx#sha256=12' }, /detector: a URI, optionally followed by #sha256=/],
    [{ detectorside: 960 }, /detectorside: unknown \(known are detector, recogniser/],
    ['none', /parameters: .*expected object/],
  ])(
    'that are wrong are refused with the field and what is expected: %j',
    async (given, message) => {
      await expect(validateParameters('ocr', given)).rejects.toMatchObject({
        code: 'PARAMETER_INVALID',
        message: expect.stringMatching(message),
      });
    },
  );
});
