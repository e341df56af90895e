import protobuf from 'protobufjs/light.js';

/**
 * The part of ONNX's protocol (onnx.proto of ONNX 1.x, proto2 presence) that is read or changed
 * here. Everything else in a model is carried over as unknown fields, byte by byte.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        graph: { type: 'GraphProto', id: 7 },
        metadataProps: { rule: 'repeated', type: 'StringStringEntryProto', id: 14 },
      },
    },
    StringStringEntryProto: {
      fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } },
    },
    GraphProto: {
      fields: {
        node: { rule: 'repeated', type: 'NodeProto', id: 1 },
        initializer: { rule: 'repeated', type: 'TensorProto', id: 5 },
        output: { rule: 'repeated', type: 'ValueInfoProto', id: 12 },
      },
    },
    ValueInfoProto: { fields: { name: { type: 'string', id: 1 } } },
    NodeProto: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'AttributeProto', id: 5 },
      },
    },
    AttributeProto: {
      fields: {
        name: { type: 'string', id: 1 },
        f: { type: 'float', id: 2 },
        t: { type: 'TensorProto', id: 5 },
        g: { type: 'bytes', id: 6 },
        graphs: { rule: 'repeated', type: 'bytes', id: 11 },
        type: { type: 'int32', id: 20 },
      },
    },
    TensorProto: {
      fields: {
        dataType: { type: 'int32', id: 2 },
        floatData: { rule: 'repeated', type: 'float', id: 4, options: { packed: true } },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
      },
    },
  },
});

const modelType = root.lookupType('ModelProto');

/** `TensorProto.DataType.FLOAT` and `AttributeProto.AttributeType.FLOAT`: both are 1. */
export const float = 1;

export interface OnnxTensor {
  readonly name: string;
  readonly dataType: number;
  floatData: number[];
  rawData: Uint8Array;
}

interface OnnxAttribute {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly t?: OnnxTensor;
  /** A graph inside the node (of If or Loop), not looked into. */
  readonly g?: Uint8Array;
  readonly graphs?: readonly Uint8Array[];
}

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly OnnxAttribute[];
}

export interface OnnxGraph {
  node: OnnxNode[];
  readonly initializer: readonly OnnxTensor[];
  readonly output: readonly { readonly name: string }[];
}

export interface OnnxModel {
  readonly graph: OnnxGraph;
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
}

/** Reads a model file. Throws when the bytes are not a model with a graph. */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  const reader = protobuf.Reader.create(bytes);
  reader.discardUnknown = false;
  const model = modelType.decode(reader) as unknown as OnnxModel & { graph?: OnnxGraph };
  if (!model.graph?.node.length) throw new Error('it has no graph');
  return model;
}

export function encodeModel(model: OnnxModel): Uint8Array {
  return modelType.encode(model).finish();
}
