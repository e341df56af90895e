import { Box, useApp, useInput, useStdin, useWindowSize } from 'ink';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { FleetFeed } from '../model/feed.ts';
import { actionOf } from '../model/keys.ts';
import { act, initialScreenState } from '../model/screen-state.ts';
import { rowKeys } from '../render/body.ts';
import { renderScreen } from '../render/screen.ts';
import type { Theme } from '../render/theme.ts';
import { keyNames } from './key-names.ts';
import { Rows } from './Row.tsx';

export interface AppProps {
  readonly feed: FleetFeed;
  readonly theme: Theme;
}

/** `fleet top` on the whole terminal. */
export function App({ feed, theme }: AppProps) {
  const { columns: width, rows: height } = useWindowSize();
  const shown = useSyncExternalStore(feed.subscribe, feed.current);
  const state = useKeys(feed);
  return (
    <Box flexDirection="column" width={width} height={height}>
      <Rows lines={renderScreen(shown, state, { width, height }, theme)} theme={theme} />
    </Box>
  );
}

/** What the operator chose with the keys so far. */
function useKeys(feed: FleetFeed) {
  const { exit } = useApp();
  const { isRawModeSupported } = useStdin();
  const [state, setState] = useState(initialScreenState);
  useInput(
    (input, key) => {
      for (const name of keyNames(input, key)) {
        const action = actionOf(name);
        if (action === 'quit') exit();
        else if (action !== undefined) {
          setState((before) => {
            const current = feed.current();
            return act(
              before,
              action,
              current.state === 'shown' ? rowKeys(current.snapshot, before) : [],
            );
          });
        }
      }
    },
    { isActive: isRawModeSupported },
  );
  useEffect(() => feed.setPaused(state.paused), [feed, state.paused]);
  return state;
}
