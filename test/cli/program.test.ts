import { CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../fleet/cli/program.ts';

/** The command, and the commands below it, each with its path (`job create`). */
function walk(command: CommandUnknownOpts, path: readonly string[] = []): [string[], boolean][] {
  return command.commands.flatMap((each) => {
    const here = [...path, each.name()];
    return [[here, each.commands.length > 0] as [string[], boolean], ...walk(each, here)];
  });
}

/** What the program prints for the call, and the exit code that commander asks for. */
async function call(parameters: readonly string[]): Promise<{ text: string; exitCode: number }> {
  let text = '';
  const program = createProgram();
  const capture = (command: CommandUnknownOpts): void => {
    command.configureOutput({
      writeOut: (part) => void (text += part),
      writeErr: (part) => void (text += part),
    });
    for (const each of command.commands) capture(each);
  };
  capture(program);
  try {
    await program.parseAsync(parameters, { from: 'user' });
    return { text, exitCode: 0 };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { text, exitCode: error.exitCode };
  }
}

const commands = walk(createProgram());

describe.each(commands)('fleet %j', (path, isGroup) => {
  it('says what it does and shows examples that begin with its own name', async () => {
    const { text, exitCode } = await call([...path, '--help']);
    const [usage = '', , description = ''] = text.split('\n');
    expect(exitCode).toBe(0);
    expect(usage).toMatch(`Usage: fleet ${path.join(' ')}`);
    expect(description).toMatch(/\w+ \w+/);
    expect(text).toMatch(new RegExp(`Examples:[^]*\\$ fleet ${path.join(' ')}`));
  });

  it('refuses an option that it does not know, and points to its help', async () => {
    const { text, exitCode } = await call([...path, '--no-such-option']);
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(`Run \`fleet ${path.join(' ')} --help\``);
  });

  it.skipIf(isGroup)('can print JSON', async () => {
    expect((await call([...path, '--help'])).text).toMatch('--json');
  });
});
