/** ONNX models written by hand, field by field, so that tests do not depend on what they test. */
type Field = readonly [
  number: number,
  value: Uint8Array | string | number | { readonly float: number },
];

/** A protobuf message: numbers are varints, floats 32-bit, the rest has its length before it. */
function message(...fields: readonly Field[]): Buffer {
  return Buffer.concat(fields.map(([number, value]) => field(number, value)));
}

function field(number: number, value: Field[1]): Buffer {
  if (typeof value === 'number') return Buffer.concat([varint(number * 8), varint(value)]);
  if (typeof value === 'object' && 'float' in value) {
    const bits = Buffer.alloc(4);
    bits.writeFloatLE(value.float);
    return Buffer.concat([varint(number * 8 + 5), bits]);
  }
  const bytes = Buffer.from(value as Uint8Array);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

/** TensorProto with raw data. A scalar when it has one value. */
export function tensor(name: string, values: readonly number[]): Buffer {
  const raw = Buffer.from(Float32Array.from(values).buffer);
  const dims: Field[] = values.length === 1 ? [] : [[1, values.length]];
  return message(...dims, [2, 1], [8, name], [9, raw]);
}

export function node(
  opType: string,
  inputs: readonly string[],
  output: string,
  ...attributes: Buffer[]
): Buffer {
  return message(
    ...inputs.map((name): Field => [1, name]),
    [2, output],
    [3, `${opType} of ${output}`],
    [4, opType],
    ...attributes.map((attribute): Field => [5, attribute]),
  );
}

/** A float32 input or output of one unknown dimension. */
function value(name: string): Buffer {
  const shape = message([1, message([2, 'n'])]);
  const type = message([1, message([1, 1], [2, shape])]);
  return message([1, name], [2, type]);
}

/** A model of operator set 13 from `x` to `y`. */
export function model(nodes: readonly Buffer[], tensors: readonly Buffer[]): Buffer {
  const graph = message(
    ...nodes.map((bytes): Field => [1, bytes]),
    [2, 'test'],
    ...tensors.map((bytes): Field => [5, bytes]),
    [11, value('x')],
    [12, value('y')],
  );
  return message([1, 8], [7, graph], [8, message([2, 13])]);
}
