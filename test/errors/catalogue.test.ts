import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { catalogue } from '../../fleet/errors/catalogue.ts';
import { FleetError } from '../../fleet/errors/fleet-error.ts';

it('documents every error code with what it means, and no other', async () => {
  const page = await readFile(new URL('../../fleet/errors/README.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));

  expect(rows).toEqual(
    Object.entries(catalogue).map(
      ([code, entry]) =>
        `| \`${code}\` | ${entry.retryable ? 'yes' : 'no'} | ${entry.exitCode} | ${entry.remedy} |`,
    ),
  );
});

it('gives an error the remedy of its code unless it has a better one', () => {
  expect(new FleetError('IMAGE_EMPTY', 'p1.jpg has no bytes')).toMatchObject({
    remedy: catalogue.IMAGE_EMPTY.remedy,
    retryable: false,
  });
  const cause = new Error('underneath');
  const error = new FleetError('PAGE_FETCH', 'p1.jpg', {
    remedy: 'Wait.',
    retryable: false,
    cause,
  });
  expect(error).toMatchObject({ remedy: 'Wait.', retryable: false, cause });
});
