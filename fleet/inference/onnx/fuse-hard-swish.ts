import { scalars } from './constants.ts';
import { float, type OnnxGraph, type OnnxModel, type OnnxNode } from './schema.ts';

/**
 * Replaces the spelled-out activations of MobileNetV3 by the operator that the runtime has for
 * them, in place: hard swish `x · clip(x + 3, 0, 6) / 6` becomes `x · HardSigmoid(x)`, and
 * hard sigmoid `clip(x + 3, 0, 6) / 6` becomes `HardSigmoid(x)`, both with α = 1/6 and β = 1/2.
 * Returns how many were replaced.
 */
export function fuseHardSwish(model: OnnxModel): number {
  const { graph } = model;
  if (hasSubgraphs(graph)) return 0;
  const finder = new ActivationFinder(graph);
  const replaced = new Map<OnnxNode, OnnxNode[]>();
  let fused = 0;
  for (const node of graph.node) {
    const activation = finder.endingAt(node);
    if (activation === undefined) continue;
    for (const inner of activation.inner) replaced.set(inner, []);
    replaced.set(node, replacement(activation, node));
    fused++;
  }
  graph.node = graph.node.flatMap((node) => replaced.get(node) ?? [node]);
  return fused;
}

/** An activation of `input`, computed by `inner` and the node that it was found at. */
interface Activation {
  readonly type: 'hard swish' | 'hard sigmoid';
  readonly input: string;
  readonly inner: readonly OnnxNode[];
}

/** Inner graphs may use any value of the outer one, so that no use of it could be counted. */
const hasSubgraphs = (graph: OnnxGraph): boolean =>
  graph.node.some(({ attribute }) =>
    attribute.some(({ g, graphs }) => g?.length || graphs?.length),
  );

class ActivationFinder {
  readonly #scalars: ReadonlyMap<string, number>;
  readonly #producers = new Map<string, OnnxNode>();
  readonly #uses = new Map<string, number>();

  constructor(graph: OnnxGraph) {
    this.#scalars = scalars(graph);
    for (const node of graph.node)
      for (const output of node.output) this.#producers.set(output, node);
    const used = [
      ...graph.node.flatMap((node) => node.input),
      ...graph.output.map(({ name }) => name),
    ];
    for (const name of used) this.#uses.set(name, (this.#uses.get(name) ?? 0) + 1);
  }

  endingAt(node: OnnxNode): Activation | undefined {
    const sixfold = this.#dividedBySix(node);
    if (sixfold === undefined) return undefined;
    const gate = this.#clippedSum(sixfold);
    if (gate) return { type: 'hard sigmoid', ...gate };
    const product = this.#onlyUsed(sixfold, 'Mul');
    if (product === undefined) return undefined;
    for (const [x, other] of inBothOrders(product)) {
      const factor = this.#clippedSum(other);
      if (factor?.input === x) {
        return { type: 'hard swish', input: x, inner: [...factor.inner, product] };
      }
    }
    return undefined;
  }

  /** The value that the node divides by six (or multiplies by a sixth). */
  #dividedBySix(node: OnnxNode): string | undefined {
    const [left, right] = node.input;
    if (left === undefined || right === undefined) return undefined;
    if (node.opType === 'Div' && this.#is(right, 6)) return left;
    if (node.opType === 'Mul' && this.#is(right, 1 / 6)) return left;
    return undefined;
  }

  /** `clip(x + 3, 0, 6)`, when `value` is that and nothing else uses its steps. */
  #clippedSum(value: string): Omit<Activation, 'type'> | undefined {
    const clip = this.#onlyUsed(value, 'Clip');
    const sum = clip && this.#clipsToSix(clip) && this.#onlyUsed(clip.input[0], 'Add');
    if (!sum) return undefined;
    for (const [x, other] of inBothOrders(sum)) {
      if (this.#is(other, 3)) return { input: x, inner: [sum, clip] };
    }
    return undefined;
  }

  /** The bounds are inputs since operator set 11, attributes before. */
  #clipsToSix(clip: OnnxNode): boolean {
    const [, low, high] = clip.input;
    const attribute = (name: string) => clip.attribute.find((one) => one.name === name)?.f;
    const min = low ? this.#scalars.get(low) : attribute('min');
    const max = high ? this.#scalars.get(high) : attribute('max');
    return min === 0 && max === 6;
  }

  #onlyUsed(value: string | undefined, opType: string): OnnxNode | undefined {
    if (value === undefined || this.#uses.get(value) !== 1) return undefined;
    const producer = this.#producers.get(value);
    return producer?.opType === opType ? producer : undefined;
  }

  #is(name: string, value: number): boolean {
    const scalar = this.#scalars.get(name);
    return scalar !== undefined && Math.abs(scalar - value) < 1e-6;
  }
}

function inBothOrders({ input }: OnnxNode): [string, string][] {
  const [left, right] = input;
  if (left === undefined || right === undefined) return [];
  return [
    [left, right],
    [right, left],
  ];
}

function replacement({ type, input }: Activation, last: OnnxNode): OnnxNode[] {
  const [output = ''] = last.output;
  if (type === 'hard sigmoid') return [hardSigmoid(input, output)];
  const gate = `${output}/gate`;
  const product = {
    opType: 'Mul',
    name: `${output}/swish`,
    input: [input, gate],
    output: [output],
    attribute: [],
  };
  return [hardSigmoid(input, gate), product];
}

function hardSigmoid(input: string, output: string): OnnxNode {
  const attribute = [
    { name: 'alpha', type: float, f: 1 / 6 },
    { name: 'beta', type: float, f: 0.5 },
  ];
  return {
    opType: 'HardSigmoid',
    name: `${output}/hard`,
    input: [input],
    output: [output],
    attribute,
  };
}
