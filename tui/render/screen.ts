import type { Feed } from '../model/feed.ts';
import { type ScreenState, views } from '../model/screen-state.ts';
import { bodyLines } from './body.ts';
import { detailOf } from './detail.ts';
import { alerts, clockTime, rateGraph, taskCounts, workerCounts } from './header.ts';
import { helpLines, hintLine } from './help.ts';
import { clip, type Line, span, spread } from './line.ts';
import type { Theme } from './theme.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The whole screen: `height` lines, none wider than `width`. */
export function renderScreen(feed: Feed, state: ScreenState, size: Size, theme: Theme): Line[] {
  const { width, height } = size;
  const top = [titleLine(feed, state, width), ...headerLines(feed, size, theme)];
  const bottom = bottomLines(feed, state, width);
  const room = Math.max(0, height - top.length - bottom.length);
  const middle = middleLines(feed, state, { width, height: room }, theme).slice(0, room);
  const filling = Array.from({ length: room - middle.length }, (): Line => []);
  return [...top, ...middle, ...filling, ...bottom]
    .slice(0, height)
    .map((line) => clip(line, width));
}

function titleLine(feed: Feed, { view, paused }: ScreenState, width: number): Line {
  const tabs = views.flatMap((name) => [
    span(' '),
    name === view ? span(` ${name} `, 'selected') : span(` ${name} `),
  ]);
  const name = feed.state === 'shown' ? feed.snapshot.database.name : '';
  const clock = feed.state === 'shown' ? clockTime(feed.snapshot.at) : '';
  return spread(
    [span('fleet top', 'title'), span(`  ${name} `, 'muted'), ...tabs],
    [paused ? span(' paused ', 'alert') : span(' '), span(clock, 'muted')],
    width,
  );
}

/** A low terminal keeps its lines for the tables. */
function headerLines(feed: Feed, { width, height }: Size, theme: Theme): Line[] {
  if (feed.state === 'loading') return [];
  const { snapshot, history } = feed;
  return [
    ...alerts(snapshot),
    ...(height >= 16 ? rateGraph(snapshot, history, width, theme) : []),
    ...(height >= 10 ? [taskCounts(snapshot), workerCounts(snapshot), []] : []),
  ];
}

function middleLines(feed: Feed, state: ScreenState, size: Size, theme: Theme): Line[] {
  if (state.help) return helpLines(size.width);
  if (feed.state === 'shown') return bodyLines(feed.snapshot, state, size, theme);
  return feed.error === undefined
    ? [[span('reading the fleet …', 'muted')]]
    : [[span(feed.error, 'alert')], [span('It is tried again.', 'muted')]];
}

function bottomLines(feed: Feed, { selected, help }: ScreenState, width: number): Line[] {
  const detail = feed.state === 'shown' && !help ? detailOf(feed.snapshot, selected) : [];
  return [...detail, clip(hintLine(), width)];
}
