import { chooseDatabase } from '../../local/choose-database.ts';
import { connectionConfig, type Database, openDatabase } from '../../queue/database.ts';
import { ECHO_CHANNEL, testEcho } from '../../queue/listen/echo.ts';
import { subscribe } from '../../queue/listen/subscription.ts';
import { readSchemaFiles } from '../../queue/migrate/files.ts';
import { type Checks, type Finding, fail, failed, ok, warn } from './finding.ts';

const applicationName = 'fleet doctor';

/** Reachable, migrated, allowed, and notifications arrive. */
export const databaseChecks: Checks = async function* ({ config, signal }) {
  const chosen = await chooseDatabase(config, signal).catch((error: unknown) => ({ error }));
  if ('error' in chosen) {
    yield failed('database', chosen.error);
    return;
  }
  const database = openDatabase({ url: chosen.url, applicationName, statementTimeoutMs: 15_000 });
  try {
    const reachable = await reach(database, chosen.kind).catch((error: unknown) =>
      failed('database', error),
    );
    yield reachable;
    if (reachable.state === 'fail') return;
    yield await schema(database).catch((error: unknown) => failed('schema', error));
    yield await roles(database).catch((error: unknown) => failed('roles', error));
    yield await notifications(database, chosen.url, signal).catch((error: unknown) =>
      failed('notifications', error),
    );
  } finally {
    await database.close();
    await chosen.release();
  }
};

async function reach(database: Database, kind: 'server' | 'embedded'): Promise<Finding> {
  const start = performance.now();
  const [row] = await database.query<{ version: string; name: string; user: string }>(
    `select current_setting('server_version') as version, current_database() as name, current_user as user`,
  );
  const milliseconds = Math.round(performance.now() - start);
  const place = kind === 'embedded' ? 'embedded' : `${row?.name} as ${row?.user}`;
  return ok('database', `${place}, Postgres ${row?.version}, answered in ${milliseconds} ms`);
}

async function schema(database: Database): Promise<Finding> {
  const { migrations, functionsChecksum } = await readSchemaFiles();
  const rows = await database.query<{ version: number; checksum: string }>(
    'select version, checksum from fleet.migration',
  );
  const version = Math.max(0, ...rows.map((row) => row.version));
  const detail = `version ${version} of ${migrations.length}`;
  if (version > migrations.length) return warn('schema', detail, 'Upgrade this program.');
  const isCurrent = rows.some((row) => row.version === 0 && row.checksum === functionsChecksum);
  if (version === migrations.length && isCurrent) return ok('schema', detail);
  return fail('schema', isCurrent ? detail : `${detail}, older functions`, 'Run `fleet migrate`.');
}

async function roles(database: Database): Promise<Finding> {
  const rows = await database.query<{ name: string }>(
    `select rolname as name from pg_roles
     where rolname in ('fleet_worker', 'fleet_operator', 'fleet_submitter', 'fleet_viewer', 'fleet_owner')
       and pg_has_role(current_user, oid, 'USAGE')
     order by rolname`,
  );
  const detail = rows.map((row) => row.name).join(', ');
  if (rows.length > 0) return ok('roles', `may act as ${detail}`);
  return fail(
    'roles',
    'the database user has none of the roles of the fleet',
    'Have it granted one: `grant fleet_worker to …`; sql/roles.sql says which may do what.',
  );
}

async function notifications(
  database: Database,
  url: string,
  signal: AbortSignal,
): Promise<Finding> {
  const subscription = await subscribe(connectionConfig({ url, applicationName }), [ECHO_CHANNEL]);
  try {
    const result = await testEcho({
      subscription,
      notify: async (channel, payload) => {
        await database.query('select pg_notify($1, $2)', [channel, payload]);
      },
      signal,
      silenceMs: 0,
      timeoutMs: 5_000,
      random: Math.random,
    });
    if (result === 'heard') return ok('notifications', 'arrive');
    return warn(
      'notifications',
      'do not arrive: there seems to be a transaction pooler in between',
      'Nothing is lost, workers only look less promptly. For wake-ups connect to Postgres itself.',
    );
  } finally {
    subscription.close();
  }
}
