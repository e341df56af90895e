import { onTestFinished } from 'vitest';
import {
  createStatusServer,
  type StatusServer,
  type StatusServerOptions,
} from '../../fleet/status/server.ts';
import { workerStatus } from './worker-status.ts';

/** A status endpoint on a free port that is closed with the test. */
export async function startEndpoint(
  options: Partial<StatusServerOptions> = {},
): Promise<StatusServer> {
  const server = await createStatusServer({
    source: () => workerStatus(),
    ready: () => ({ ok: true }),
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}
