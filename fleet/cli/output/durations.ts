/** `4 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`: the two largest units, for people. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(whole, 60, 'min', 's');
  if (whole < 86_400) return pair(Math.floor(whole / 60), 60, 'h', 'min');
  return pair(Math.floor(whole / 3600), 24, 'd', 'h');
}

function pair(small: number, perLarge: number, large: string, unit: string): string {
  const rest = small % perLarge;
  const first = `${Math.floor(small / perLarge)} ${large}`;
  return rest === 0 ? first : `${first} ${rest} ${unit}`;
}

/** How long ago, from this machine's clock: for reading only. */
export function formatAge(time: Date, now = new Date()): string {
  return `${formatSeconds(Math.max(0, (now.getTime() - time.getTime()) / 1000))} ago`;
}
