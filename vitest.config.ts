import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    globalSetup: ['test/harness/postgres-setup.ts', 'test/s3-server/global-setup.ts'],
    // The tests wait for databases, stores and child processes more than they compute.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
    env: { ORT_DISABLE_TELEMETRY: '1', DATABASE_URL: '', TZ: 'UTC' },
  },
});
