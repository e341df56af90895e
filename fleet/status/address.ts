import { BlockList, isIP } from 'node:net';
import { hostname } from 'node:os';
import { FleetError } from '../errors/fleet-error.ts';

/** Shorter ones can be guessed. */
const minTokenLength = 16;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  const version = isIP(host);
  return version === 0 ? host === 'localhost' : loopback.check(host, `ipv${version as 4 | 6}`);
}

/**
 * The endpoint may be reached from other machines only by those who know a token.
 *
 * @throws `CONFIG_INVALID`
 */
export function checkExposure(host: string, token: string | undefined): void {
  if (token !== undefined && token.length < minTokenLength) {
    throw new FleetError(
      'CONFIG_INVALID',
      `The status token has ${token.length} characters: at least ${minTokenLength} are needed.`,
      { remedy: 'Make one with `openssl rand -hex 32`.' },
    );
  }
  if (token === undefined && !isLoopback(host)) {
    throw new FleetError(
      'CONFIG_INVALID',
      `The status host ${host} is reachable from other machines and there is no status token.`,
      { remedy: 'Set a status token, or let the endpoint listen on 127.0.0.1.' },
    );
  }
}

/** The address to register: one that listens on all interfaces is reached by its machine's name. */
export function publicUrl(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? hostname() : host;
  return `http://${isIP(name) === 6 ? `[${name}]` : name}:${port}`;
}
