// Before onnxruntime-node: see there.
import './telemetry-off.ts';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { FleetError } from '../errors/fleet-error.ts';

/** A dense float32 array with its shape, row-major. */
export interface FloatTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export interface SessionOptions {
  /** Threads that one run may use. */
  readonly intraOpThreads: number;
}

/** An open model with one float32 input and one float32 output. */
export class OnnxSession {
  readonly #session: InferenceSession;
  readonly #input: string;
  readonly #output: string;
  /** Size of the output's last axis; undefined when it varies. */
  readonly outputWidth: number | undefined;

  private constructor(session: InferenceSession) {
    this.#session = session;
    this.#input = onlyName(session.inputNames, 'input');
    this.#output = onlyName(session.outputNames, 'output');
    const metadata = session.outputMetadata[0];
    const last = metadata?.isTensor ? metadata.shape.at(-1) : undefined;
    this.outputWidth = typeof last === 'number' ? last : undefined;
  }

  /** Loads a model file. Blocks its thread while it loads. Throws `MODEL_INVALID`. */
  static async open(file: string, options: SessionOptions): Promise<OnnxSession> {
    try {
      const session = await InferenceSession.create(file, {
        executionProviders: ['cpu'],
        intraOpNumThreads: options.intraOpThreads,
        interOpNumThreads: 1,
        // Lines and pages differ in size: a memory plan for each would cost 100 MB and gain nothing.
        enableMemPattern: false,
        logSeverityLevel: 3,
      });
      return new OnnxSession(session);
    } catch (error) {
      throw new FleetError(
        'MODEL_INVALID',
        `${file} cannot be opened as a model: ${String(error)}`,
        {
          cause: error,
        },
      );
    }
  }

  /** Runs the model. Blocks its thread for the whole run. Throws `INFERENCE_FAILED`. */
  async run(input: FloatTensor): Promise<FloatTensor> {
    try {
      const tensor = new Tensor('float32', input.data, input.dims);
      const output = (await this.#session.run({ [this.#input]: tensor }))[this.#output];
      if (!(output?.data instanceof Float32Array)) throw new Error('the output is not float32');
      return { data: output.data, dims: output.dims };
    } catch (error) {
      throw new FleetError('INFERENCE_FAILED', `The model failed: ${String(error)}`, {
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

function onlyName(names: readonly string[], what: string): string {
  const [name] = names;
  if (name === undefined || names.length > 1) {
    throw new Error(`it has ${names.length} ${what}s where one is needed`);
  }
  return name;
}
