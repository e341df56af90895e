import { once } from 'node:events';
import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import { NoS3Server, type S3Access, type S3Server } from './server.ts';
import { startS3Server } from './start.ts';

/** What the control address answers. */
export type S3Answer = S3Access | { readonly missing: string };

declare module 'vitest' {
  interface ProvidedContext {
    /** The first GET starts the S3 server; every GET answers how to reach it. */
    s3Control: string;
  }
}

/**
 * Vitest's global setup: provides an address that starts the S3 server when the first test asks
 * for it, so that a run without S3 tests does not pay for one. The server ends with the run.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<S3Server> | undefined;
  const control = createServer((_request, response) => {
    starting ??= startS3Server();
    void answer(starting).then(
      (found) => response.end(JSON.stringify(found)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  control.listen(0, '127.0.0.1');
  await once(control, 'listening');
  const address = control.address();
  if (address === null || typeof address === 'string') throw new Error('No TCP port was given.');
  project.provide('s3Control', `http://127.0.0.1:${address.port}/`);
  return async () => {
    control.close();
    control.closeAllConnections();
    await starting?.then(
      async (server) => server.stop(),
      () => {},
    );
  };
}

async function answer(starting: Promise<S3Server>): Promise<S3Answer> {
  try {
    const { endpoint, accessKeyId, secretAccessKey } = await starting;
    return { endpoint, accessKeyId, secretAccessKey };
  } catch (error) {
    if (error instanceof NoS3Server) return { missing: error.message };
    throw error;
  }
}
