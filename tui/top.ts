import { FleetError } from '../fleet/errors/fleet-error.ts';
import { FleetCollector } from './model/collect.ts';
import type { FleetQueries } from './model/queries.ts';
import { printOnce } from './render/plain.ts';
import { themeOf } from './render/theme.ts';
import type * as live from './view/live.tsx';

export interface TopOptions {
  readonly queries: FleetQueries;
  /** Print the fleet once as text. A pipe or a file gets that in any case. */
  readonly once?: boolean | undefined;
  /** Print the fleet once as JSON: `fleetSnapshotSchema`. */
  readonly json?: boolean | undefined;
  /** Between two refreshes; 1000 by default. */
  readonly intervalMs?: number | undefined;
  /** For the workers' status endpoints. */
  readonly token?: string | undefined;
  /** For each status endpoint to answer; 1000 by default. */
  readonly timeoutMs?: number | undefined;
  readonly signal: AbortSignal;
  readonly stdout?: NodeJS.WriteStream;
  readonly env?: NodeJS.ProcessEnv;
}

/** Where the output has no width of its own. */
const plainWidth = 120;

/**
 * `fleet top`. Ends when the operator quits, when the signal says so, or when it has printed.
 *
 * @throws what the queries throw, when it prints; the live view shows that and tries again.
 */
export async function runTop(options: TopOptions): Promise<void> {
  const {
    queries,
    token,
    signal,
    once,
    json,
    stdout = process.stdout,
    env = process.env,
  } = options;
  const theme = themeOf(env);
  const collecting = { queries, token, workerTimeoutMs: options.timeoutMs };
  const complete = new FleetCollector(collecting);
  if (json) {
    stdout.write(`${JSON.stringify(await complete.collect(signal), null, 2)}\n`);
  } else if (once || !stdout.isTTY) {
    const width = stdout.columns ?? (Number(env['COLUMNS']) || plainWidth);
    const color = stdout.isTTY && theme.ink === 'colours';
    stdout.write(printOnce(await complete.collect(signal), { width, color }));
  } else {
    const { intervalMs = 1000 } = options;
    const { runLive } = await importLive();
    const collector = new FleetCollector({ ...collecting, patienceMs: Math.min(250, intervalMs) });
    await runLive({ collector, intervalMs, theme, stdout, signal });
  }
}

/** The only way to the .tsx files, which Node runs built only. */
async function importLive(): Promise<typeof live> {
  try {
    return await import('./view/live.tsx');
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ERR_UNKNOWN_FILE_EXTENSION'))
      throw cause;
    throw new FleetError('REFUSED', 'The live view runs from the built program only.', {
      remedy: 'Run `npm run build`, or use --once.',
      cause,
    });
  }
}
