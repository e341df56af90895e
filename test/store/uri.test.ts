import { describe, expect, test } from 'vitest';
import { FleetError } from '../../fleet/errors/fleet-error.ts';
import { openStore, StoreOpener } from '../../fleet/store/open.ts';

describe('the URI of a store', () => {
  test.for([
    ['s3://scans', 's3://scans/'],
    ['s3://scans/', 's3://scans/'],
    ['s3://scans/W22084/I0886', 's3://scans/W22084/I0886/'],
    ['s3://my.bucket-1/a b/100%/é/?x#y', 's3://my.bucket-1/a b/100%/é/?x#y/'],
    ['file:///srv/scans', 'file:///srv/scans/'],
    ['file:///srv/a%20b/', 'file:///srv/a%20b/'],
    ['FILE:///srv/scans/../x', 'file:///srv/x/'],
    ['/srv/a b/100%', 'file:///srv/a%20b/100%25/'],
    ['/', 'file:///'],
    ['scans/here', `file://${process.cwd()}/scans/here/`],
    ['./a:b', `file://${process.cwd()}/a:b/`],
  ] as const)('understands %s', ([given, uri]) => {
    expect(openStore(given).uri).toBe(uri);
    expect(openStore(uri).uri).toBe(uri);
  });

  test.for([
    '',
    's3://',
    's3:///key',
    's3:/bucket',
    's3://-/x',
    's3://bucket//x',
    's3://bucket/../other',
    's3://bucket/a/./b',
    'file://host/path',
    'file:relative',
    'file:///a%2Fb',
    'gs://bucket/x',
    'https://bucket.s3.amazonaws.com/x',
    '/nul\0',
  ])('refuses %j, naming it and what to write instead', (uri) => {
    const refusal = catchError(() => openStore(uri));
    expect(refusal).toMatchObject({ code: 'STORE_URI_INVALID' });
    expect(refusal.message).toContain(`"${uri}"`);
    expect(refusal.remedy).toContain('s3://bucket/prefix/');
  });

  test('is the same for stores that share their connections', () => {
    const stores = new StoreOpener({ region: 'eu-west-1' });
    expect(stores.open('s3://scans/a').uri).toBe('s3://scans/a/');
    expect(stores.open('/srv/scans').uri).toBe('file:///srv/scans/');
    expect(catchError(() => stores.open('gs://x/')).code).toBe('STORE_URI_INVALID');
    stores.close();
  });
});

function catchError(act: () => unknown): FleetError {
  try {
    act();
  } catch (error) {
    if (error instanceof FleetError) return error;
  }
  throw new Error('expected a FleetError');
}
