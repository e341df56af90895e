import { pino } from 'pino';
import { openReaders } from '../../fleet/cli/readers.ts';
import { workerOptions, type WorkerOptionsInput } from '../../fleet/worker/options.ts';
import { runWorker } from '../../fleet/worker/run-worker.ts';
import { stopOnProcessSignals } from '../../fleet/worker/stop-signals.ts';

/** A worker as a process of its own: options as JSON in the first argument, log lines on stdout. */
const given = JSON.parse(process.argv[2] ?? '{}') as WorkerOptionsInput;
const log = pino({ level: 'debug' }, pino.destination({ sync: true }));
const options = workerOptions(given);
const stops = stopOnProcessSignals();
try {
  const report = await runWorker(options, { log, stops, readers: await openReaders(options) });
  log.info({ report }, 'left');
  process.exit(report.healthy ? 0 : 1);
} catch (error) {
  log.fatal({ err: error }, 'gave up');
  process.exit(1);
}
