import { FleetError } from '../errors/fleet-error.ts';
import type { PageError, PageResult, Stage } from '../page/page.ts';

/** The row of a page that could not be read: what happened, at which step, and what helps. */
export function failedPage(stage: Stage, error: unknown, frame = 0): PageResult {
  return { frame, rotation: 0, lines: [], error: pageError(stage, error), timings: {} };
}

function pageError(stage: Stage, error: unknown): PageError {
  if (FleetError.is(error)) {
    return { stage, type: error.code, message: `${error.message} ${error.remedy}` };
  }
  return {
    stage,
    type: 'PAGE_FAILED',
    message: error instanceof Error ? error.message : String(error),
  };
}
