import { expect, test } from 'vitest';
import { clientConfig } from '../../fleet/store/s3/settings.ts';

const keys = { accessKeyId: 'a', secretAccessKey: 'b' };

test('AWS itself is addressed by bucket names, in the region that the SDK finds', () => {
  const config = clientConfig({}, {});
  expect(config).toMatchObject({
    followRegionRedirects: true,
    maxAttempts: 8,
    retryMode: 'adaptive',
  });
  for (const name of ['endpoint', 'region', 'credentials', 'requestChecksumCalculation']) {
    expect(config).not.toHaveProperty(name);
  }
});

test('another server is addressed by paths and needs no region', () => {
  const config = clientConfig(
    {},
    { AWS_ENDPOINT_URL_S3: 'http://s3.lan', AWS_ENDPOINT_URL: 'http://other' },
  );
  expect(config).toMatchObject({
    endpoint: 'http://s3.lan',
    forcePathStyle: true,
    region: 'us-east-1',
  });
  expect(clientConfig({}, { AWS_ENDPOINT_URL: 'http://other' })).toMatchObject({
    endpoint: 'http://other',
  });
});

test('both region variables count, and a setting counts more than they do', () => {
  expect(clientConfig({}, { AWS_DEFAULT_REGION: 'eu-west-1' })).toMatchObject({
    region: 'eu-west-1',
  });
  const env = {
    AWS_REGION: 'eu-west-2',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_S3: 'http://a',
  };
  expect(clientConfig({}, env)).toMatchObject({ region: 'eu-west-2' });
  const settings = { region: 'eu-west-3', endpoint: 'http://b', credentials: keys };
  expect(clientConfig(settings, env)).toMatchObject(settings);
});

test("the SDK's own retry variables are left to the SDK", () => {
  const config = clientConfig({}, { AWS_MAX_ATTEMPTS: '9', AWS_RETRY_MODE: 'standard' });
  expect(config).not.toHaveProperty('maxAttempts');
  expect(config).not.toHaveProperty('retryMode');
});

test('requests have limits on connecting and on their answer', () => {
  const { requestHandler } = clientConfig({ timeouts: { answer: 7 } }, {});
  expect(requestHandler).toMatchObject({
    connectionTimeout: 5000,
    requestTimeout: 7,
    throwOnRequestTimeout: true,
  });
});
