import { afterAll, beforeAll } from 'vitest';
import { openDatabase, type Database } from '../../fleet/queue/database.ts';
import { register } from '../../fleet/queue/protocol/register.ts';
import { createDatabase } from '../harness/database.ts';

/** A migrated database of the test file's own, with the test clock allowed. */
export interface Schema {
  readonly url: string;
  readonly database: Database;
  /** One session whose clock can be set; every query of it sees that time. */
  at(time: string): Promise<Database>;
  /** The URL of a new login that is in one of the roles and nothing else. */
  login(role: string): Promise<{ readonly url: string; readonly user: string }>;
  /** First column of the first row. */
  value<T>(sql: string, ...values: unknown[]): Promise<T>;
  rows<T extends Record<string, unknown>>(sql: string, ...values: unknown[]): Promise<T[]>;
  job(name: string, options?: Readonly<Record<string, unknown>>): Promise<string>;
  task(job: string, options?: Readonly<Record<string, unknown>>): Promise<number>;
  worker(options?: WorkerOptions): Promise<number>;
}

interface WorkerOptions {
  readonly kinds?: readonly string[];
  readonly labels?: readonly string[];
  readonly memoryMb?: number;
  readonly ttlMs?: number;
  readonly database?: Database;
}

/** Declares a schema for the test file; usable inside its tests. */
export function useSchema(): Schema {
  let url = '';
  let database: Database;
  let drop: () => Promise<void>;
  let serial = 0;
  const sessions: Database[] = [];
  const logins: string[] = [];

  beforeAll(async () => {
    const created = await createDatabase();
    ({ url } = created);
    drop = () => created.drop();
    database = openDatabase({ url, applicationName: 'test', size: 12 });
    await database.query(
      "insert into fleet.setting values ('allow_test_clock', 'true') on conflict do nothing",
    );
  });
  afterAll(async () => {
    for (const user of logins) {
      await database.query(`drop role ${user}`);
    }
    await Promise.all([database, ...sessions].map((each) => each.close()));
    await drop();
  });

  async function insert(table: string, row: Readonly<Record<string, unknown>>, returning: string) {
    const columns = Object.keys(row);
    const [result] = await database.query<{ value: string }>(
      `insert into fleet.${table} (${columns.join(', ')})
       values (${columns.map((_, index) => `$${index + 1}`).join(', ')}) returning ${returning} as value`,
      Object.values(row),
    );
    return result?.value ?? '';
  }

  return {
    get url() {
      return url;
    },
    get database() {
      return database;
    },
    async at(time) {
      const session = openDatabase({ url, applicationName: 'test at', size: 1 });
      sessions.push(session);
      await session.query("select set_config('fleet.clock', $1, false)", [time]);
      return session;
    },
    async login(role) {
      serial += 1;
      const user = `login_${process.pid}_${Date.now()}_${serial}`;
      logins.push(user);
      await database.query(`create role ${user} login password 'secret' in role ${role}`);
      return { user, url: withUser(url, `${user}:secret`) };
    },
    async value<T>(sql: string, ...values: unknown[]) {
      const [row] = await database.query(sql, values);
      return Object.values(row ?? {})[0] as T;
    },
    rows: <T extends Record<string, unknown>>(sql: string, ...values: unknown[]) =>
      database.query<T>(sql, values),
    job: (name, options = {}) =>
      insert('job', { name, kind: 'test', output: 'file:///tmp/out/', ...options }, 'name'),
    async task(job, options = {}) {
      serial += 1;
      return Number(
        await insert('task', { job, volume: `s3://scans/v${serial}/`, ...options }, 'id'),
      );
    },
    worker(options = {}) {
      serial += 1;
      return register(
        options.database ?? database,
        {
          name: `worker-${serial}`,
          host: 'test',
          pid: serial,
          version: 'test',
          kinds: options.kinds ?? ['test'],
          labels: options.labels ?? [],
          memoryMb: options.memoryMb ?? 0,
          slots: 2,
          statusUrl: undefined,
          info: {},
        },
        options.ttlMs ?? 600_000,
      );
    },
  };
}

/** The same server and database as another user. */
function withUser(url: string, credentials: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/)(?:[^@/]*@)?/, `$1${credentials}@`);
}

/** The same server and user, another database. */
export function withDatabase(url: string, name: string): string {
  return url.replace(/^([a-z]+:\/\/[^/]*\/)[^?]*/, `$1${name}`);
}
