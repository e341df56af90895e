import { createCommand } from '../command.ts';
export function doctorCommand() {
  return createCommand('doctor', [['doctor', 'check']]).description('check');
}
