import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type WorkerStatus, workerStates } from './status.ts';

/** From a cached read to a page that a slow machine reads for a minute. */
const stepBuckets = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

type Samples = readonly (readonly [labels: Record<string, string>, value: number])[];

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  read(status: WorkerStatus): number | Samples;
}

const counters: readonly Metric[] = [
  { name: 'fleet_pages_total', help: 'Pages read.', read: (s) => s.totals.pages },
  {
    name: 'fleet_pages_failed_total',
    help: 'Pages that failed.',
    read: (s) => s.totals.pagesFailed,
  },
  {
    name: 'fleet_read_bytes_total',
    help: 'Bytes of page files read.',
    read: (s) => s.totals.bytesRead,
  },
  {
    name: 'fleet_tasks_total',
    help: 'Tasks ended, by outcome.',
    labels: ['outcome'],
    read: (s) => [
      [{ outcome: 'done' }, s.totals.tasksDone],
      [{ outcome: 'failed' }, s.totals.tasksFailed],
    ],
  },
];

const gauges: readonly Metric[] = [
  { name: 'fleet_tasks_running', help: 'Tasks held now.', read: (s) => s.tasks.length },
  { name: 'fleet_slots', help: 'Tasks that can be held at once.', read: (s) => s.slots },
  {
    name: 'fleet_pages_per_second',
    help: 'Pages per second over the last minute.',
    read: (s) => s.pagesPerSecond,
  },
  { name: 'fleet_cpu_cores', help: 'Cores kept busy over the last seconds.', read: (s) => s.cpu },
  {
    name: 'fleet_lease_seconds_left',
    help: 'Negative when it has run out.',
    read: (s) => s.lease.expiresInMs / 1000,
  },
  {
    name: 'fleet_heartbeat_age_seconds',
    help: 'Since the last heartbeat.',
    read: (s) => s.lease.lastBeatMsAgo / 1000,
  },
  {
    name: 'fleet_database_connected',
    help: '1 when connected.',
    read: (s) => Number(s.database.connected),
  },
  {
    name: 'fleet_memory_bytes',
    help: 'Memory of the process and the limit it keeps to.',
    labels: ['kind'],
    read: (s) => Object.entries(s.memory).map(([kind, bytes]) => [{ kind }, bytes] as const),
  },
  {
    name: 'fleet_worker_state',
    help: '1 for the state that the worker is in.',
    labels: ['state'],
    read: (s) => workerStates.map((state) => [{ state }, Number(state === s.state)] as const),
  },
  {
    name: 'fleet_worker_info',
    help: 'Always 1; the labels tell which worker this is.',
    labels: ['name', 'host', 'version'],
    read: ({ name, host, version }) => [[{ name, host, version }, 1]],
  },
];

/** What `/metrics` tells, in a registry of its own. */
export class WorkerMetrics {
  readonly #registry = new Registry();
  readonly #setters: readonly ((status: WorkerStatus) => void)[];
  readonly #steps: Histogram<'step'>;

  constructor() {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#steps = new Histogram({
      name: 'fleet_page_step_seconds',
      help: 'Time of a page in one step of the pipeline.',
      labelNames: ['step'],
      buckets: stepBuckets,
      registers,
    });
    this.#setters = [
      ...counters.map((metric) => counterSetter(metric, registers)),
      ...gauges.map((metric) => gaugeSetter(metric, registers)),
    ];
  }

  /** Milliseconds by step, of one page. */
  observe(timings: Readonly<Record<string, number>>): void {
    for (const [step, milliseconds] of Object.entries(timings)) {
      this.#steps.observe({ step }, milliseconds / 1000);
    }
  }

  /** The metrics as of `status`, in Prometheus's text format. */
  async render(status: WorkerStatus): Promise<{ contentType: string; body: string }> {
    for (const set of this.#setters) set(status);
    return { contentType: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}

function samplesOf(metric: Metric, status: WorkerStatus): Samples {
  const value = metric.read(status);
  return typeof value === 'number' ? [[{}, value]] : value;
}

function counterSetter(metric: Metric, registers: Registry[]) {
  const { name, help, labels = [] } = metric;
  const counter = new Counter({ name, help, labelNames: labels, registers });
  return (status: WorkerStatus) => {
    counter.reset();
    for (const [labels, value] of samplesOf(metric, status)) counter.inc(labels, value);
  };
}

function gaugeSetter(metric: Metric, registers: Registry[]) {
  const { name, help, labels = [] } = metric;
  const gauge = new Gauge({ name, help, labelNames: labels, registers });
  return (status: WorkerStatus) => {
    gauge.reset();
    for (const [labels, value] of samplesOf(metric, status)) gauge.set(labels, value);
  };
}
