import { describe, expect, it } from 'vitest';
import { fileSignature } from '../../fleet/image/file-signature.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('fileSignature', () => {
  it.each([
    ['\xff\xd8\xff\xe0....', 'jpeg'],
    ['\x89PNG\r\n\x1a\n....', 'png'],
    ['II*\0....', 'tiff'],
    ['MM\0*....', 'tiff'],
    ['II+\0....', 'tiff'],
    ['RIFF....WEBPVP8 ', 'webp'],
    ['....ftypavif', 'avif'],
    ['GIF89a', 'gif'],
  ])('recognises %j as %s', (start, format) => {
    expect(fileSignature(bytes(start))).toEqual({ type: 'image', format });
  });

  it.each([
    ['<!DOCTYPE html><html>', 'an HTML page'],
    ['\xef\xbb\xbf\n  <html lang="en">', 'an HTML page'],
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'an XML document'],
    ['{"error": "not found"}', 'a JSON document'],
    ['404 page not found\n', 'plain text'],
    ['%PDF-1.7', 'a PDF document'],
    ['PK\x03\x04\x14\0', 'a ZIP archive'],
    ['\x1f\x8b\x08', 'a gzip archive'],
    ['....ftypisom', 'a video'],
    ['\0'.repeat(2000), 'nothing but zero bytes'],
    [
      '\x01\x02\x03\x04\x05\x06\x07\x08\x09',
      'no format known here (it begins with 0102030405060708)',
    ],
  ])('says what %j is instead of an image', (start, name) => {
    expect(fileSignature(bytes(start))).toEqual({ type: 'other', name });
  });

  it.each([
    ['\0\0\0\x0cjP  \r\n\x87\n', 'JPEG 2000', 'opj_decompress'],
    ['\xff\x4f\xff\x51\0', 'JPEG 2000', 'opj_decompress'],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'SVG', 'rsvg-convert'],
    ['....ftypheic', 'HEIC', 'heif-convert'],
    ['8BPS\0\x01', 'Photoshop', 'convert'],
  ])('names the converter for %j', (start, name, converter) => {
    expect(fileSignature(bytes(start))).toEqual({
      type: 'unsupported',
      name,
      remedy: expect.stringContaining(converter),
    });
  });

  it('tells an empty file from everything else', () => {
    expect(fileSignature(new Uint8Array())).toEqual({ type: 'empty' });
  });
});
