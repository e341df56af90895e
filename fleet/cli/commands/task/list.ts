import { Option } from '@commander-js/extra-typings';
import { listTasks, type TaskListRow, taskStates } from '../../../queue/queries/tasks.ts';
import { createCommand, runCommand } from '../../command.ts';
import { meaningOfState } from '../../output/states.ts';
import type { Column } from '../../output/table.ts';
import { positiveNumber } from '../../parse.ts';
import { withDatabase } from '../../with-database.ts';

export function taskListCommand() {
  return createCommand('list', [
    ['task list --state running', 'what is being read right now'],
    ['task list --job ocr --state dead --limit 500', 'what ended badly'],
    ['task list --volume W22084 --json', 'the tasks on a volume, for a script'],
  ])
    .description('list tasks, oldest first')
    .option('--job <job>', 'of this job only')
    .addOption(new Option('--state <state...>', 'in one of these states only').choices(taskStates))
    .option('--volume <text>', 'whose volume contains this')
    .option('--limit <n>', 'at most so many', positiveNumber, 100)
    .option('--after <id>', 'only ids above this: the next page', positiveNumber)
    .action((options) =>
      runCommand(options, (context) =>
        withDatabase(context, async (database) => {
          const tasks = await listTasks(database, { ...options, states: options.state });
          context.output.result(tasks, (screen) => {
            if (tasks.length === 0) return 'No task matches.';
            const table = screen.table(tasks, columns);
            const last = tasks.at(-1)?.id;
            return tasks.length < options.limit
              ? table
              : `${table}\n${screen.paint('quiet', `there may be more: --after ${last}`)}`;
          });
        }),
      ),
    );
}

const columns: readonly Column<TaskListRow>[] = [
  { title: 'ID', value: (task) => task.id, align: 'right' },
  { title: 'JOB', value: (task) => task.job },
  { title: 'STATE', value: (task) => task.state, meaning: (task) => meaningOfState(task.state) },
  { title: 'VOLUME', value: (task) => volumeOf(task), cut: 'start' },
  { title: 'PAGES', value: pagesOf, align: 'right' },
  { title: 'FAILED', value: (task) => task.pages_failed ?? '', align: 'right' },
  { title: 'ATTEMPT', value: (task) => task.attempt || '', align: 'right' },
  { title: 'WORKER', value: (task) => task.worker ?? '', cut: 'end' },
  { title: 'ERROR', value: (task) => task.error_code ?? '', meaning: () => 'bad' },
];

function volumeOf(task: TaskListRow): string {
  return task.rerun === 0 ? task.volume : `${task.volume} (re-run ${task.rerun})`;
}

function pagesOf(task: TaskListRow): string {
  if (task.pages === null) return '';
  return task.state === 'running' ? `${task.pages_committed ?? 0}/${task.pages}` : `${task.pages}`;
}
