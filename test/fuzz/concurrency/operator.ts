import { setTimeout as pass } from 'node:timers/promises';
import type { Database } from '../../../fleet/queue/database.ts';
import { FleetError } from '../../../fleet/errors/fleet-error.ts';

const some = "id in (select id from fleet.task where state = '$' order by random() limit 3)";

const interventions = [
  `update fleet.task set state = 'cancelled' where ${some.replace('$', 'running')}`,
  `update fleet.task set state = 'cancelled' where ${some.replace('$', 'ready')}`,
  `update fleet.task set state = 'ready' where ${some.replace('$', 'running')} and state = 'running'`,
  "update fleet.job set state = 'paused' where name = 'first'",
  "update fleet.job set state = 'cancelled' where name = 'second'",
  "update fleet.job set needs = case when needs = '{}' then '{first,second}'::text[] else '{}' end where name = 'both'",
  'update fleet.task set priority = priority + 1 where volume in (select volume from fleet.task order by random() limit 5)',
];

const remedies = [
  "update fleet.job set state = 'active'",
  "select fleet.redrive(name, '{dead,cancelled}') from fleet.job",
];

/** Intervenes at random until the signal; what raced with a worker and was refused is left. */
export async function interveneWildly(
  database: Database,
  random: () => number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const all = [...interventions, ...remedies];
    await unlessRefused(database, all[Math.floor(random() * all.length)] ?? '');
    await pass(random() * 30);
  }
}

/** Lets everything that can be done be done. */
export async function setRight(database: Database): Promise<void> {
  await database.query("update fleet.job set needs = '{first,second}' where name = 'both'");
  for (const remedy of remedies) await database.query(remedy);
}

async function unlessRefused(database: Database, sql: string): Promise<void> {
  try {
    await database.query(sql);
  } catch (error) {
    const expected = ['REFUSED', 'DATABASE_UNREACHABLE'];
    if (!(error instanceof FleetError) || !expected.includes(error.code)) throw error;
  }
}
