import { float, type OnnxGraph, type OnnxTensor } from './schema.ts';

/** Every float32 tensor that the model carries: weights and the values of Constant nodes. */
export function floatTensors(graph: OnnxGraph): OnnxTensor[] {
  const constants = graph.node.flatMap((node) => node.attribute.flatMap(({ t }) => (t ? [t] : [])));
  return [...graph.initializer, ...constants].filter((tensor) => tensor.dataType === float);
}

/** The values of a float32 tensor, as a copy that is aligned as Float32Array needs it. */
export function floatValues(tensor: OnnxTensor): Float32Array<ArrayBuffer> {
  if (tensor.rawData.length === 0) return Float32Array.from(tensor.floatData);
  return new Float32Array(Uint8Array.from(tensor.rawData).buffer);
}

/** The values that have the same name in the whole graph, of those with exactly one element. */
export function scalars(graph: OnnxGraph): ReadonlyMap<string, number> {
  const named: [string, OnnxTensor][] = graph.initializer.map((tensor) => [tensor.name, tensor]);
  for (const node of graph.node) {
    const value = node.attribute.find((attribute) => attribute.name === 'value')?.t;
    const [output] = node.output;
    if (node.opType === 'Constant' && value && output !== undefined) named.push([output, value]);
  }
  const found = new Map<string, number>();
  for (const [name, tensor] of named) {
    if (tensor.dataType !== float) continue;
    const [first, ...rest] = floatValues(tensor).subarray(0, 2);
    if (first !== undefined && rest.length === 0) found.set(name, first);
  }
  return found;
}
