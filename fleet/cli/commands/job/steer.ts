import { setJobState } from '../../../queue/queries/jobs.ts';
import { createCommand, runCommand } from '../../command.ts';
import { withDatabase } from '../../with-database.ts';

/** Pausing, resuming and cancelling differ in the state alone. */
interface Steering {
  readonly name: 'pause' | 'resume' | 'cancel';
  readonly state: 'paused' | 'active' | 'cancelled';
  readonly description: string;
  readonly meaning: string;
  readonly outcome: string;
}

const steerings = {
  pause: {
    name: 'pause',
    state: 'paused',
    description: 'claim no more tasks of a job; what runs goes on',
    meaning: 'nothing new of it is claimed until it is resumed',
    outcome: 'is paused; what runs goes on',
  },
  resume: {
    name: 'resume',
    state: 'active',
    description: 'let a paused job go on',
    meaning: 'idle workers hear of it at once',
    outcome: 'is active',
  },
  cancel: {
    name: 'cancel',
    state: 'cancelled',
    description: 'end a job: running tasks stop, waiting ones never start',
    meaning: 'running work stops within a heartbeat; what is done stays',
    outcome: 'is cancelled; its open tasks are too',
  },
} as const satisfies Record<string, Steering>;

export const jobPauseCommand = () => steerCommand(steerings.pause);
export const jobResumeCommand = () => steerCommand(steerings.resume);
export const jobCancelCommand = () => steerCommand(steerings.cancel);

function steerCommand(steering: Steering) {
  return createCommand(steering.name, [[`job ${steering.name} ocr`, steering.meaning]])
    .description(steering.description)
    .argument('<job>', 'name of the job')
    .option('--reason <text>', 'kept with the job and shown beside its state')
    .action((name, options) =>
      runCommand(options, (context) =>
        withDatabase(context, async (database) => {
          await setJobState(database, name, steering.state, options.reason);
          context.output.result(
            { job: name, state: steering.state },
            () => `${name} ${steering.outcome}`,
          );
        }),
      ),
    );
}
