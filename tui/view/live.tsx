import { render } from 'ink';
import { FleetFeed } from '../model/feed.ts';
import type { FleetCollector } from '../model/collect.ts';
import type { Theme } from '../render/theme.ts';
import { App } from './App.tsx';

export interface LiveOptions {
  readonly collector: FleetCollector;
  readonly intervalMs: number;
  readonly theme: Theme;
  readonly stdout: NodeJS.WriteStream;
  readonly signal: AbortSignal;
}

/**
 * To whoever watches they are a way to quit. Without a listener of its own here, Ink would send the
 * signal to the process once more, before it had ended in order.
 */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Shows the fleet on the terminal's alternate screen until the operator quits or the signal says so.
 * Ink gives the screen back on every way out of the process, an uncaught error included.
 */
export async function runLive({
  collector,
  intervalMs,
  theme,
  stdout,
  signal,
}: LiveOptions): Promise<void> {
  const ended = new AbortController();
  const feed = new FleetFeed(collector, intervalMs);
  const app = render(<App feed={feed} theme={theme} />, {
    stdout,
    // Ink takes a `CI` in the environment, even an empty one, for the lack of a terminal.
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
  });
  const unmount = () => app.unmount();
  signal.addEventListener('abort', unmount, { once: true });
  for (const name of endings) process.on(name, unmount);
  const fed = feed.run(AbortSignal.any([signal, ended.signal]));
  try {
    await app.waitUntilExit();
  } finally {
    signal.removeEventListener('abort', unmount);
    for (const name of endings) process.off(name, unmount);
    ended.abort();
    await fed;
  }
}
