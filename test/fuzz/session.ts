import { Client, DatabaseError } from 'pg';
import { epoch } from './world/world.ts';

/** One connection with prepared statements and a clock that the test sets. */
export interface Session {
  /** First column of the first row. */
  value<T>(sql: string, ...values: unknown[]): Promise<T>;
  /** The SQLSTATE with which Postgres refuses the statement; undefined when it takes it. */
  refusal(sql: string, ...values: unknown[]): Promise<string | undefined>;
  /** And lets a worker, or all that have a lease, beat. */
  setClock(ms: number, beating?: number | 'all'): Promise<void>;
  /** What the session's claims remember of where they got to (sql/functions/03_claim.sql). */
  forgetFronts(): Promise<void>;
  /** Several statements without parameters. */
  script(sql: string): Promise<void>;
  close(): Promise<void>;
}

const setClockSql = "select set_config('fleet.clock', $1, false)";
/** Outer joins from the clock, so that it is set first, and also when nobody beats. */
const beatSql = `select count(b.state)
  from (select length(set_config('fleet.clock', $1, false)) as length offset 0) clock
  left join fleet.lease l on l.worker = coalesce($2, l.worker)
  left join lateral fleet.heartbeat(l.worker, '{}', '{}', clock.length) b on l.worker is not null`;

export async function openSession(url: string): Promise<Session> {
  const client = new Client({ connectionString: url, application_name: 'fuzz' });
  await client.connect();
  await client.query(
    "set synchronous_commit = off; set plan_cache_mode = force_generic_plan; set timezone = 'UTC'; set jit = off",
  );
  const names = new Map<string, string>();
  const start = Date.parse(epoch);

  async function value<T>(sql: string, ...values: unknown[]): Promise<T> {
    const name = names.get(sql) ?? `s${names.size}`;
    names.set(sql, name);
    const { rows } = await client.query({ name, text: sql, values, rowMode: 'array' });
    return (rows as unknown[][])[0]?.[0] as T;
  }
  return {
    value,
    async refusal(sql, ...values) {
      try {
        await value(sql, ...values);
        return undefined;
      } catch (error) {
        if (error instanceof DatabaseError) return error.code;
        throw error;
      }
    },
    async setClock(ms, beating) {
      const time = new Date(start + ms).toISOString();
      if (beating === undefined) await value(setClockSql, time);
      else await value(beatSql, time, beating === 'all' ? null : beating);
    },
    async forgetFronts() {
      await value("select set_config('fleet.front', '', false)");
    },
    async script(sql) {
      await client.query(sql);
    },
    close: () => client.end(),
  };
}
