import { DatabaseError } from 'pg';
import { FleetError } from '../errors/fleet-error.ts';

/**
 * SQLSTATEs of Postgres that say "not now": classes 08 (connection), 53 (resources), 57 (shutdown,
 * cancelled), 40 (serialization failure, deadlock) and 55P03 (lock not available).
 * Source: PostgreSQL documentation, appendix A.
 */
const TRANSIENT_CLASSES = new Set(['08', '53', '57', '40']);

/** Errors of our own functions (sql/migrations/0001): the hint in them says what to do. */
const LEASE_LOST = 'FL001';
const REFUSED = 'FL002';
const INVALID = 'FL003';

/** Turns whatever `pg` throws into an error that says what happened and what to do. */
export function databaseError(error: unknown): FleetError {
  if (error instanceof FleetError) {
    return error;
  }
  if (error instanceof DatabaseError) {
    return fromServer(error);
  }
  const reason = error instanceof Error ? messageOf(error) : String(error);
  return new FleetError('DATABASE_UNREACHABLE', `Postgres cannot be reached: ${reason}`, {
    cause: error,
  });
}

function fromServer(error: DatabaseError): FleetError {
  const sqlState = error.code ?? '';
  const options = {
    cause: error,
    ...(error.hint === undefined ? {} : { remedy: error.hint }),
  };
  switch (sqlState) {
    case LEASE_LOST:
      return new FleetError('LEASE_LOST', error.message, options);
    case REFUSED:
      return new FleetError('REFUSED', error.message, options);
    case INVALID:
      return new FleetError('PARAMETER_INVALID', error.message, options);
    case '3F000':
    case '42P01':
    case '42883':
      return new FleetError(
        'DATABASE_NOT_MIGRATED',
        `the database has no fleet schema, or an older one: ${error.message}`,
        { cause: error },
      );
    case '42501':
      return new FleetError('REFUSED', `Postgres refuses it: ${error.message}`, {
        cause: error,
        remedy: 'Grant the role that the task needs; sql/roles.sql says which may do what.',
      });
    case '08P01':
      return new FleetError('DATABASE_UNREACHABLE', `Postgres: ${error.message}`, {
        cause: error,
        remedy:
          'Is this the address of a transaction pooler? Then set FLEET_LISTEN=false (`fleet worker --no-listen`).',
      });
    case '28P01':
    case '28000':
    case '3D000':
      return new FleetError('DATABASE_UNREACHABLE', error.message, {
        cause: error,
        remedy: 'Check user, password and database name in DATABASE_URL.',
        retryable: false,
      });
    default:
      return TRANSIENT_CLASSES.has(sqlState.slice(0, 2)) || sqlState === '55P03'
        ? new FleetError('DATABASE_UNREACHABLE', `Postgres: ${error.message}`, options)
        : new FleetError('DATABASE_FAILED', `Postgres: ${error.message} (${sqlState})`, options);
  }
}

/** Node reports a failed connection to several addresses as an error with an empty message. */
function messageOf(error: Error): string {
  if (error instanceof AggregateError) {
    return error.errors
      .map((each) => (each instanceof Error ? each.message : String(each)))
      .join('; ');
  }
  return error.message;
}
