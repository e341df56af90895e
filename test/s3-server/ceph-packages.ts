import { havePrograms } from '../harness/debian-packages.ts';
import { NoS3Server } from './server.ts';

const PACKAGES = ['ceph-mon', 'ceph-osd', 'radosgw'];
const PROGRAMS = [...PACKAGES, 'radosgw-admin', 'ceph', 'ceph-authtool', 'monmaptool'];

/** Installs the server if it is missing. Throws `NoS3Server` when that cannot be done. */
export async function ensureCeph(): Promise<void> {
  if (await havePrograms(PROGRAMS, PACKAGES)) return;
  throw new NoS3Server(
    `No S3 server to test with: install ${PACKAGES.join(', ')}, or set FLEET_TEST_S3_ENDPOINT.`,
  );
}
