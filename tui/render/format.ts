const units = ['', 'k', 'M', 'G', 'T', 'P'];

/** At most five characters: 987, 12.3k, 4.56M. */
export function compact(value: number): string {
  let scaled = value;
  let unit = 0;
  while (Math.round(scaled) >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  if (unit === 0) return String(Math.round(scaled));
  return scaled.toFixed(scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0) + units[unit];
}

/** At most five characters: 812M, 1.25G. */
export function bytes(value: number): string {
  return value < 1e9 ? `${Math.round(value / 1e6)}M` : compact(value);
}

export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** Pages per second: 0, 0.04, 1.2, 340. */
export function rate(perSecond: number): string {
  if (perSecond === 0) return '0';
  if (perSecond < 0.095) return perSecond.toFixed(2);
  return perSecond < 99.95 ? perSecond.toFixed(1) : compact(perSecond);
}

/** The two largest units: 48s, 12m 30s, 3h 20m, 12d 4h. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${whole % 60}s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** One unit: 48s, 12m, 3h, 12d. */
export function age(seconds: number): string {
  if (seconds < 99.5) return `${Math.max(0, Math.round(seconds))}s`;
  if (seconds < 99.5 * 60) return `${Math.round(seconds / 60)}m`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)}h`;
  return `${Math.round(seconds / 86_400)}d`;
}

/** 0…1. 100% is shown only when it is all. */
export function percent(share: number): string {
  return `${share >= 1 ? 100 : Math.min(99, Math.floor(share * 100))}%`;
}

/** As many of the URI's last two segments as `width` has room for. */
export function volumeName(uri: string, width: number): string {
  const segments = uri.split('/').filter(Boolean);
  const both = segments.slice(-2).join('/');
  return both.length <= width ? both : (segments.at(-1) ?? '');
}
