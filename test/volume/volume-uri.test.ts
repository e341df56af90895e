import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { artefactLocation } from '../../fleet/artefact/location.ts';
import { safeSegment, volumeSlug } from '../../fleet/volume/volume-slug.ts';
import { bdrcVolumeUri, volumeUri } from '../../fleet/volume/volume-uri.ts';

describe('the URI of a volume', () => {
  it.each([
    ['s3://scans/W1', 's3://scans/W1/'],
    ['s3://scans/W1/', 's3://scans/W1/'],
    ['/data/a b', 'file:///data/a%20b/'],
    ['file:///data/x', 'file:///data/x/'],
    ['/data/x/../y/', 'file:///data/y/'],
    ['some/where', `${pathToFileURL(resolve('some/where')).href}/`],
  ])('that is written %s is %s', (input, uri) => {
    expect(volumeUri(input)).toBe(uri);
    expect(volumeUri(uri)).toBe(uri);
  });

  it.each(['s3://', 's3://b_/../x', 's3://scans/a//b', 'https://example.org/x', ''])(
    'cannot be %j',
    (input) => {
      expect(() => volumeUri(input)).toThrow(
        expect.objectContaining({ code: 'STORE_URI_INVALID' }),
      );
    },
  );

  it('of an image group lies where BDRC keeps it', () => {
    const root = 's3://archive.example.org/';
    expect(bdrcVolumeUri('W22084', 'I0886', root)).toBe(
      's3://archive.example.org/Works/60/W22084/images/W22084-0886/',
    );
    expect(bdrcVolumeUri('W22084', 'I1KG1', root)).toMatch(/W22084-I1KG1\/$/);
    expect(bdrcVolumeUri('W22084', 'I08861', '/mnt')).toMatch(/^file:\/\/\/mnt\/.*-I08861\/$/);
  });
});

describe("the slug of a volume in its artefact's path", () => {
  it.each([
    ['s3://bucket/a/b/', 'bucket/a/b'],
    ['s3://bucket/', 'bucket'],
    ['file:///x/y/', '_local/x/y'],
    ['file:///x/a%20b%25/', '_local/x/a%20b%25'],
    ['s3://bucket/a b%20/', 'bucket/a%20b%2520'],
    ['s3://bucket/དཔེ/', 'bucket/%E0%BD%91%E0%BD%94%E0%BD%BA'],
  ])('%s is %s', (uri, slug) => {
    expect(volumeSlug(uri)).toBe(slug);
  });

  it('is never a way out, never too long, and different for different names', () => {
    const name = fc.oneof(
      fc.constantFrom('.', '..', '%2E', '%', '', '~', 'a/..', '\\', '\u0000'),
      fc.string({ unit: 'grapheme', maxLength: 120 }),
    );
    fc.assert(
      fc.property(name, name, (a, b) => {
        expect(safeSegment(a)).toMatch(/^(?!\.{1,2}$)[A-Za-z0-9._%~-]{1,200}$/);
        expect(safeSegment(a) === safeSegment(b)).toBe(a === b);
      }),
    );
  });
});

describe('the folder of an artefact', () => {
  const of = {
    output: 's3://out/fleet',
    job: 'tenant/ocr',
    volumeUri: 's3://scans/W1/I 1/',
    volumeVersion: 'a'.repeat(64),
    configHash: 'b'.repeat(64),
    rerun: 0,
  };

  it('names job, volume, version and configuration', () => {
    expect(artefactLocation(of)).toBe(
      's3://out/fleet/tenant/ocr/scans/W1/I%201/aaaaaaaaaaaa-bbbbbbbb/',
    );
  });

  it('is another one for a forced re-run', () => {
    expect(artefactLocation({ ...of, rerun: 2 })).toMatch(/-bbbbbbbb-r2\/$/);
  });

  it('is, below a local folder, the same path on disk', () => {
    const uri = artefactLocation({ ...of, output: 'file:///data/out/' });
    expect(decodeURIComponent(uri)).toBe(
      'file:///data/out/tenant/ocr/scans/W1/I%201/aaaaaaaaaaaa-bbbbbbbb/',
    );
  });

  it('stays inside the output whatever the job is called', () => {
    expect(artefactLocation({ ...of, job: '../..' })).toMatch(
      /^s3:\/\/out\/fleet\/%2E%2E\/%2E%2E\//,
    );
  });
});
