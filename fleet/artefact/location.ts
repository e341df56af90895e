import { safeSegment, volumeSlug } from '../volume/volume-slug.ts';
import { below } from '../volume/volume-uri.ts';

export interface ArtefactOf {
  /** URI of the folder that holds all artefacts. */
  readonly output: string;
  /** `application/name`, or the name alone. */
  readonly job: string;
  readonly volumeUri: string;
  /** Hex. */
  readonly volumeVersion: string;
  /** Hex. */
  readonly configHash: string;
  /** 0 for the first run; each forced re-run of the same version and configuration has the next. */
  readonly rerun: number;
}

/**
 * The artefact's folder: `{output}/{job}/{volume}/{version12}-{config8}[-r{n}]/`. A changed volume,
 * a changed configuration and a forced re-run each have a folder of their own, so that nothing
 * that was published is ever written over.
 */
export function artefactLocation(of: ArtefactOf): string {
  const job = of.job.split('/').map(safeSegment).join('/');
  const rerun = of.rerun === 0 ? '' : `-r${of.rerun}`;
  const version = `${of.volumeVersion.slice(0, 12)}-${of.configHash.slice(0, 8)}${rerun}`;
  return below(of.output, `${job}/${volumeSlug(of.volumeUri)}/${version}`);
}
