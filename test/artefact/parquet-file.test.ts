import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import type { PageRow } from '../../fleet/artefact/page-row.ts';
import { parquetChunks, readFooter, readRows } from '../../fleet/artefact/parquet-file.ts';
import { collected } from '../volume/collected.ts';
import { folderWith } from '../volume/folder.ts';
import { columns, rows } from './rows.ts';

async function file(content: readonly PageRow[]): Promise<Buffer> {
  return Buffer.concat(await collected(parquetChunks(content, columns, () => ({ key: 'value' }))));
}

describe('a Parquet file of pages', () => {
  it('gives back the rows that were written, absent values and all', async () => {
    const written = rows(0, 200);
    expect(await readRows(await file(written), columns)).toEqual(written);
  });

  it('holds metadata that is asked after the last row', async () => {
    expect(readFooter(await file(rows(0, 1)))).toEqual({ key: 'value' });
  });

  it('can hold a row group only as long as it is written', async () => {
    const chunks = await collected(parquetChunks(rows(0, 200), columns, () => ({})));
    expect(chunks).toHaveLength(Math.ceil(200 / 64) + 1);
  });

  it('is the same, byte for byte, for the same rows', async () => {
    expect((await file(rows(0, 150))).equals(await file(rows(0, 150)))).toBe(true);
  });

  it('is readable by DuckDB, nested columns included', async () => {
    const path = join(await folderWith({}), 'pages.parquet');
    await writeFile(path, await file(rows(0, 200)));
    const connection = await (await DuckDBInstance.create()).connect();
    const query = async (sql: string) =>
      (await connection.runAndReadAll(sql.replace('FILE', `'${path}'`))).getRowObjectsJson();

    expect(
      await query(`select count(*)::int as pages, sum(len(lines))::int as lines,
                   count(*) filter (not ok)::int as failed from FILE`),
    ).toEqual([{ pages: 200, lines: 240, failed: 40 }]);
    expect(
      await query(`select page, line.text, line.bbox.bottom, line.polygon[2].x as x, line.confidence
                   from (select page, unnest(lines) as line from FILE) where page = 2`),
    ).toEqual([
      { page: 2, text: 'བཀྲ་ཤིས་ 2.0', bottom: 10, x: 99, confidence: 0.5 },
      { page: 2, text: 'བཀྲ་ཤིས་ 2.1', bottom: 11, x: 99, confidence: 0.5 },
    ]);
    expect(await query('select bytes, script, words, bitonal from FILE where page = 2')).toEqual([
      { bytes: '10000000000', script: 'Tibt', words: '2', bitonal: true },
    ]);
    connection.closeSync();
  });

  it('cannot have two columns of one name', async () => {
    const own = [{ name: 'text', type: 'string' }] as const;
    await expect(collected(parquetChunks(rows(0, 1), own, () => ({})))).rejects.toThrow(
      /a column "text"/,
    );
  });
});
