import { expect, test } from 'vitest';
import { decodeKey } from '../../fleet/store/s3/decode-key.ts';

test.for([
  ['a+b', 'a b'],
  ['a%20b', 'a b'],
  ['a%2Bb', 'a+b'],
  ['100%25%2F%C3%A9', '100%/é'],
  ['v/1.jpg', 'v/1.jpg'],
] as const)('a listing that says %s means %s', ([encoded, key]) => {
  expect(decodeKey(encoded)).toBe(key);
});
