import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { FleetError } from '../../errors/fleet-error.ts';

const run = promisify(execFile);

/** Who the server runs as. Postgres refuses to run as root. */
export type Account =
  | { readonly kind: 'self' }
  | { readonly kind: 'other'; readonly name: string; readonly uid: number; readonly gid: number };

const accountName = 'postgres';

/** Root gets the account `postgres`, made when there is none; everybody else runs the server. */
export async function chooseAccount(): Promise<Account> {
  if (process.geteuid?.() !== 0) return { kind: 'self' };
  const existing = await findAccount(accountName);
  if (existing) return existing;
  await createAccount(accountName);
  const created = await findAccount(accountName);
  if (created) return created;
  throw cannotDrop(new Error(`useradd made no account ${accountName}`));
}

/** What `spawn` takes to run a program as the account. */
export function spawnIdentity(account: Account): { uid?: number; gid?: number } {
  return account.kind === 'self' ? {} : { uid: account.uid, gid: account.gid };
}

async function findAccount(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { kind: 'other', name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function createAccount(name: string): Promise<void> {
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', name]);
  } catch (cause) {
    throw cannotDrop(cause);
  }
}

function cannotDrop(cause: unknown): FleetError {
  return new FleetError(
    'POSTGRES_START',
    `Postgres does not run as root, and there is no account "${accountName}" to run it as`,
    {
      cause,
      remedy: `Create the account "${accountName}", run the command as an ordinary user, or set DATABASE_URL.`,
    },
  );
}
