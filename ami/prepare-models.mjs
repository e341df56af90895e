/** Prepares the models that the kind `ocr` uses by default, into $FLEET_CACHE_DIR. */
import process from 'node:process';
import { readConfig } from '../dist/fleet/config/config.js';
import { prepareModels } from '../dist/fleet/inference/models/prepare-model.js';
import { kind } from '../dist/fleet/kinds/ocr/kind.js';

const models = kind.models(kind.parameters.parse({}));
const prepared = await prepareModels({ models, cacheDir: readConfig().cacheDir });
for (const { role, file } of prepared) process.stdout.write(`${role}: ${file}\n`);
