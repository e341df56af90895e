import bearerAuth from '@fastify/bearer-auth';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { createSerializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { BaseLogger } from 'pino';
import { FleetError } from '../errors/fleet-error.ts';
import { redactSecrets } from '../log/redact-secrets.ts';
import { checkExposure, publicUrl } from './address.ts';
import type { Health } from './health.ts';
import { WorkerMetrics } from './metrics.ts';
import { guardedRoutes, openRoutes } from './routes.ts';
import type { WorkerStatus } from './status.ts';

export interface StatusServerOptions {
  /** Loopback by default; any other host needs a token. */
  readonly host?: string;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Asked for by every route but `/healthz`, on loopback too once it is set. */
  readonly token?: string | undefined;
  readonly source: () => WorkerStatus;
  /** May the worker be given work? */
  readonly ready: () => Health;
  /** Pass one to feed it page timings. */
  readonly metrics?: WorkerMetrics;
  readonly log?: Pick<BaseLogger, 'warn'>;
}

export interface StatusServer {
  /** Base address, without a slash at the end. */
  readonly url: string;
  /** Cuts open connections. */
  readonly close: () => Promise<void>;
}

/** What one peer may take: no route reads a body, and every answer is made at once. */
const limits = {
  bodyBytes: 1024,
  headerBytes: 8192,
  requestMs: 5000,
  connections: 256,
  requestsPerSecond: 100,
} as const;

/**
 * A worker's status endpoint: `/healthz`, `/readyz`, `/status`, `/metrics`.
 *
 * @throws `CONFIG_INVALID` when the host needs a token or cannot be listened on.
 */
export async function createStatusServer(options: StatusServerOptions): Promise<StatusServer> {
  const { host = '127.0.0.1', port = 0, token } = options;
  checkExposure(host, token);
  const app = createApp(options.log);
  app.server.maxConnections = limits.connections;
  await app.register(rateLimit, { max: limits.requestsPerSecond, timeWindow: 1000 });
  await app.register(openRoutes(options));
  await app.register(async (guarded) => {
    if (token !== undefined) {
      await guarded.register(bearerAuth, { keys: [token], verifyErrorLogLevel: 'debug' });
    }
    await guarded.register(
      guardedRoutes({ ...options, metrics: options.metrics ?? new WorkerMetrics() }),
    );
  });
  return { url: await listen(app, host, port), close: () => app.close() };
}

function createApp(log: StatusServerOptions['log']): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.requestMs,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.requestMs,
      connectionsCheckingInterval: 1000,
    },
    forceCloseConnections: true,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(createSerializerCompiler({ replacer: withoutSecrets }));
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not found' }));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ error: error.message });
    log?.warn({ err: error, route: request.routeOptions.url }, 'the status endpoint failed');
    return reply.code(status).send({ error: 'internal error: see the log of the worker' });
  });
  return app;
}

/** JSON replacer: error texts may quote a connection string or a signed URL. */
function withoutSecrets(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? redactSecrets(value) : value;
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FleetError(
      'CONFIG_INVALID',
      `The status endpoint cannot listen on ${host}:${port}: ${reason}.`,
      {
        remedy: 'Choose another status host or port; port 0 takes a free one.',
        cause,
      },
    );
  }
  const address = app.server.address();
  return publicUrl(host, address !== null && typeof address === 'object' ? address.port : port);
}
