/** What every error code means. `README.md` beside this file is checked against it. */
export interface CatalogueEntry {
  readonly remedy: string;
  /** True when the same work may succeed later, unchanged: the task goes back to `ready`. */
  readonly retryable: boolean;
  /** Exit code of a command that ends with it: 1 failed, 2 the call was wrong. */
  readonly exitCode: 1 | 2;
}

const terminal = (remedy: string): CatalogueEntry => ({ remedy, retryable: false, exitCode: 1 });
const retryable = (remedy: string): CatalogueEntry => ({ remedy, retryable: true, exitCode: 1 });
const usage = (remedy: string): CatalogueEntry => ({ remedy, retryable: false, exitCode: 2 });

export const catalogue = {
  // The call
  USAGE: usage('Run the command with --help for its options and examples.'),
  CONFIG_INVALID: usage('Correct the variable or option that the message names.'),
  PARAMETER_INVALID: usage('Correct the parameter that the message names.'),
  KIND_UNKNOWN: usage(
    'Use one of the kinds that the message lists, or pass --kinds with your own module.',
  ),
  NOT_FOUND: terminal('Check the name; the list command beside this one shows what exists.'),
  REFUSED: terminal('The message says which rule stands against it.'),

  // Database
  DATABASE_UNREACHABLE: retryable(
    'Check DATABASE_URL and that Postgres accepts connections; `fleet doctor` tests it step by step.',
  ),
  DATABASE_NOT_MIGRATED: terminal('Run `fleet migrate`.'),
  DATABASE_NEWER: terminal('Upgrade this program: the database was migrated by a later version.'),
  DATABASE_MIGRATION_CHANGED: terminal(
    'A migration that was applied differs from the file of the same number: restore the file.',
  ),
  DATABASE_FAILED: retryable('The message carries what Postgres said.'),
  POSTGRES_START: terminal('Read the server log that the message names.'),
  LEASE_LOST: retryable('Another worker has the task now; nothing is to be done here.'),

  // Stores
  STORE_URI_INVALID: usage('Write s3://bucket/prefix/, file:///path/ or a plain path.'),
  STORE_KEY_INVALID: terminal('Keys are relative, with no empty, "." or ".." segment.'),
  STORE_NOT_FOUND: terminal('Check the bucket, folder or key that the message names.'),
  STORE_DENIED: terminal(
    'Check the credentials and the policy for the key that the message names.',
  ),
  STORE_UNSUPPORTED: terminal('The store cannot do this; the message says what it can do instead.'),
  STORE_EXISTS: terminal('The object exists and is written once; it was left as it is.'),
  STORE_UNAVAILABLE: retryable('The store did not answer as it should; it will be tried again.'),
  STORE_DAMAGED: retryable('What arrived is not what the store promised (length or checksum).'),

  // Volumes
  VOLUME_EMPTY: terminal('The volume has no page images (jpg, jpeg, png, tif, tiff, jp2, webp).'),
  VOLUME_MANIFEST_INVALID: terminal('Repair the manifest that the message names.'),
  VOLUME_CHANGED: retryable(
    'The volume changed while it was read; it is read again from its new state.',
  ),

  // Artefacts
  ARTEFACT_DAMAGED: terminal(
    'What was published is missing or damaged: run the task again with --force, as a new version.',
  ),

  // Pages
  PAGE_FETCH: retryable('The page could not be read from the store.'),
  IMAGE_EMPTY: terminal('The file has no bytes: upload it again.'),
  IMAGE_NOT_AN_IMAGE: terminal('The file is not an image, whatever its name says.'),
  IMAGE_UNSUPPORTED: terminal('Convert the file to JPEG, PNG or TIFF.'),
  IMAGE_CORRUPT: terminal('The file is damaged: upload it again.'),
  IMAGE_TOO_LARGE: terminal('Raise max_pixels in the job if the page is real.'),
  PAGE_FAILED: terminal('The message carries what failed.'),
  TOO_MANY_PAGES_FAILED: terminal(
    'Look at the errors file; raise max_page_failure_rate if that is acceptable.',
  ),

  // Models and kinds
  MODEL_NOT_FOUND: terminal('Check the model URI.'),
  MODEL_DIGEST: terminal(
    'The model file is not the one that was pinned: fetch it again or change the pin.',
  ),
  MODEL_INVALID: terminal(
    'The file is not a model with the inputs and outputs that the kind needs.',
  ),
  INFERENCE_FAILED: retryable('The model failed on this page.'),

  // Status endpoint
  STATUS_UNREACHABLE: retryable(
    'Check that the worker runs and that its status address is reachable from here.',
  ),
  STATUS_DENIED: terminal('Pass the token that the worker was started with.'),
  STATUS_INVALID: terminal(
    "Check that the address is a worker's status endpoint, of this version of the program.",
  ),

  // Worker
  INTERRUPTED: retryable('The worker was asked to leave; the task goes on elsewhere.'),
  TIMED_OUT: retryable('It took longer than its limit.'),
  INTERNAL: retryable('This is a defect in the program: please report it with the log.'),
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof catalogue;
