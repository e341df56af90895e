import type { SchemaElement } from 'hyparquet';
import { FleetError } from '../errors/fleet-error.ts';
import type { Column } from '../page/page.ts';

/** A top-level column: its name and its subtree of the Parquet schema, in preorder. */
export interface ColumnSchema {
  readonly name: string;
  readonly elements: readonly SchemaElement[];
}

type Repetition = 'REQUIRED' | 'OPTIONAL';

const physical = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  int: { type: 'INT64' },
  pixels: { type: 'INT32' },
  float: { type: 'FLOAT' },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
} as const satisfies Record<string, Partial<SchemaElement>>;

/** The columns that every kind writes, in the order of the file. */
const pageColumns: readonly ColumnSchema[] = [
  column(leaf('page', 'pixels', 'REQUIRED')),
  column(leaf('frame', 'pixels', 'REQUIRED')),
  column(leaf('name', 'string', 'REQUIRED')),
  column(leaf('etag', 'string', 'OPTIONAL')),
  column(leaf('bytes', 'int', 'OPTIONAL')),
  column(leaf('width', 'pixels', 'OPTIONAL')),
  column(leaf('height', 'pixels', 'OPTIONAL')),
  column(leaf('rotation', 'double', 'REQUIRED')),
  column(leaf('ok', 'boolean', 'REQUIRED')),
  column(leaf('error_stage', 'string', 'OPTIONAL')),
  column(leaf('error_type', 'string', 'OPTIONAL')),
  column(leaf('error_message', 'string', 'OPTIONAL')),
  column(leaf('warning', 'string', 'OPTIONAL')),
  column(
    ...list('lines', [
      ...group('element', [
        list('polygon', group('element', [leaf('x', 'float'), leaf('y', 'float')])),
        group('bbox', [
          leaf('left', 'float'),
          leaf('top', 'float'),
          leaf('right', 'float'),
          leaf('bottom', 'float'),
        ]),
        leaf('text', 'string'),
        leaf('confidence', 'float'),
      ]),
    ]),
  ),
  column(leaf('text', 'string', 'REQUIRED')),
];

/**
 * The columns of an artefact: what every kind writes, then the kind's own. Throws `INTERNAL` when
 * two would have the same name.
 */
export function artefactColumns(own: readonly Column[]): readonly ColumnSchema[] {
  const names = [...pageColumns, ...own].map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new FleetError('INTERNAL', `The kind has a column "${twice}", which there is already`);
  }
  return [...pageColumns, ...own.map(({ name, type }) => column(leaf(name, type, 'OPTIONAL')))];
}

/** The schema of the file, as hyparquet-writer takes it. */
export function fileSchema(columns: readonly ColumnSchema[]): SchemaElement[] {
  const root: SchemaElement = { name: 'page', num_children: columns.length };
  return [root, ...columns.flatMap(({ elements }) => elements)];
}

function column(first: SchemaElement, ...below: readonly SchemaElement[]): ColumnSchema {
  return { name: first.name, elements: [first, ...below] };
}

function leaf(
  name: string,
  type: keyof typeof physical,
  repetition: Repetition = 'REQUIRED',
): SchemaElement {
  return { name, repetition_type: repetition, ...physical[type] };
}

/** A STRUCT. `children` are leaves or subtrees. */
function group(
  name: string,
  children: readonly (SchemaElement | readonly SchemaElement[])[],
): [SchemaElement, ...SchemaElement[]] {
  return [{ name, repetition_type: 'REQUIRED', num_children: children.length }, ...children.flat()];
}

/** A LIST in the three levels that the Parquet format prescribes; never null, may be empty. */
function list(
  name: string,
  element: readonly SchemaElement[],
): [SchemaElement, ...SchemaElement[]] {
  return [
    { name, repetition_type: 'REQUIRED', converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    ...element,
  ];
}
