import { type ChosenDatabase, chooseDatabase } from '../local/choose-database.ts';
import { type Database, openDatabase } from '../queue/database.ts';
import type { CommandContext } from './command.ts';

/** Opens the database that the configuration chooses for the time of `work`. */
export async function withDatabase<T>(
  { config, signal, log }: CommandContext,
  work: (database: Database, chosen: ChosenDatabase) => Promise<T>,
): Promise<T> {
  const chosen = await chooseDatabase(config, signal);
  const database = openDatabase({
    url: chosen.url,
    applicationName: 'fleet command',
    onError: (error) => log.debug({ err: error }, 'an idle database connection broke'),
  });
  try {
    return await work(database, chosen);
  } finally {
    await database.close();
    await chosen.release();
  }
}
