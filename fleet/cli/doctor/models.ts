import { prepareModels } from '../../inference/models/prepare-model.ts';
import { kind } from '../../kinds/ocr/kind.ts';
import { type Checks, failed, ok } from './finding.ts';

/** The models that a job of the kind `ocr` uses by default; prepared if they are not yet. */
export const modelChecks: Checks = async function* ({ config, signal }) {
  const check = 'models';
  try {
    const models = kind.models?.(kind.parameters.parse({})) ?? [];
    const prepared = await prepareModels({ models, cacheDir: config.cacheDir, signal });
    yield ok(check, `${prepared.map(({ role }) => role).join(', ')} are prepared`);
  } catch (error) {
    yield failed(check, error);
  }
};
