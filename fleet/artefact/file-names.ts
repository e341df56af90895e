/** The marker: its presence is what makes an artefact published. Written once. */
export const markerKey = 'success.json';

const partsPrefix = 'parts/';

export function partKey(number: number, fence: string): string {
  return `${partsPrefix}part-${String(number).padStart(6, '0')}-${fence}.parquet`;
}

export function pagesKey(fence: string): string {
  return `pages-${fence}.parquet`;
}

export function errorsKey(fence: string): string {
  return `errors-${fence}.jsonl`;
}

/** True for what a run may have left in an artefact's folder besides the marker. */
export function isRunFile(key: string): boolean {
  return /^(parts\/part-\d+-\d+\.parquet|pages-\d+\.parquet|errors-\d+\.jsonl)$/.test(key);
}
