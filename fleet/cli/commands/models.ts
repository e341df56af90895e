import { type PreparedModel, prepareModels } from '../../inference/models/prepare-model.ts';
import { loadKind, parseParameters } from '../../kinds/registry.ts';
import { jobSettings } from '../../queue/queries/jobs.ts';
import { type CommandContext, createCommand, createGroup, runCommand } from '../command.ts';
import type { Column } from '../output/table.ts';
import { collect, parameter } from '../parse.ts';
import { withDatabase } from '../with-database.ts';

export function modelsCommand() {
  return createGroup(
    'models',
    'prepare the models that jobs need',
    [['models prepare', 'those of the kind ocr: checked, made fast, kept']],
    [prepareCommand()],
  );
}

function prepareCommand() {
  return createCommand('prepare', [
    [
      'models prepare',
      'those of the kind ocr with its default parameters, as when an image is baked',
    ],
    ['models prepare --job archive/ocr', 'those that a job names'],
    [
      'models prepare --param detector=s3://models/det.onnx',
      'one of your own; append #sha256=… to have it checked',
    ],
  ])
    .description('fetch models, check their SHA-256, make them fast once, record the SHA-256 after')
    .option('--kind <kind>', 'of this kind', 'ocr')
    .option('--job <job>', 'kind and parameters of this job')
    .option(
      '--param <name=value>',
      'a parameter of the kind; may be given several times',
      parameter,
      {},
    )
    .option('--kinds <module>', 'a module with kinds of your own', collect, [])
    .action((options) =>
      runCommand(options, async (context) => {
        const { config, signal, output } = context;
        const { kind: name, parameters } = await settingsOf(context, options);
        const kind = await loadKind(name, options.kinds);
        const parsed = parseParameters(kind, { ...parameters, ...options.param });
        const models = kind.models?.(parsed) ?? [];
        const prepared = await prepareModels({ models, cacheDir: config.cacheDir, signal });
        output.result(prepared, (screen) =>
          prepared.length === 0
            ? `The kind ${name} needs no models.`
            : screen.table(prepared, columns),
        );
      }),
    );
}

async function settingsOf(
  context: CommandContext,
  { job, kind }: { readonly job?: string | undefined; readonly kind: string },
): Promise<{ readonly kind: string; readonly parameters: object }> {
  if (job === undefined) return { kind, parameters: {} };
  return withDatabase(context, (database) => jobSettings(database, job));
}

const columns: readonly Column<PreparedModel>[] = [
  { title: 'MODEL', value: (model) => model.role },
  { title: 'SHA-256 BEFORE', value: (model) => model.sourceSha256.slice(0, 12) },
  { title: 'SHA-256 AFTER', value: (model) => model.sha256.slice(0, 12) },
  { title: 'DENORMALS ZEROED', value: (model) => model.denormalsZeroed, align: 'right' },
  { title: 'ACTIVATIONS FUSED', value: (model) => model.activationsFused, align: 'right' },
  { title: 'FILE', value: (model) => model.file, cut: 'start' },
];
