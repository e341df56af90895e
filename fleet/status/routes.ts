import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type Health, healthOf, healthSchema } from './health.ts';
import type { WorkerMetrics } from './metrics.ts';
import { type WorkerStatus, workerStatusSchema } from './status.ts';

interface Source {
  readonly source: () => WorkerStatus;
  readonly ready: () => Health;
}

const healthResponses = { 200: healthSchema, 503: healthSchema };

const codeOf = (health: Health) => (health.ok ? 200 : 503);

/** `/healthz`, for probes that carry no token: it says that the worker lives, and if not, why. */
export function openRoutes({ source }: Source): FastifyPluginAsyncZod {
  return async (app) => {
    const config = { rateLimit: false };
    app.get(
      '/healthz',
      { config, schema: { response: healthResponses } },
      async (_request, reply) => {
        const health = healthOf(source());
        return reply.code(codeOf(health)).send(health);
      },
    );
  };
}

/** What a token guards where there is one. */
export function guardedRoutes({
  source,
  ready,
  metrics,
}: Source & { readonly metrics: WorkerMetrics }): FastifyPluginAsyncZod {
  return async (app) => {
    app.get('/readyz', { schema: { response: healthResponses } }, async (_request, reply) => {
      const readiness = ready();
      return reply.code(codeOf(readiness)).send(readiness);
    });
    app.get('/status', { schema: { response: { 200: workerStatusSchema } } }, async () => source());
    app.get('/metrics', { schema: { response: { 200: z.string() } } }, async (_request, reply) => {
      const { contentType, body } = await metrics.render(source());
      return reply.type(contentType).serializer(String).send(body);
    });
  };
}
