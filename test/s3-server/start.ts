import { ensureCeph } from './ceph-packages.ts';
import { removeLeftovers } from './leftovers.ts';
import { startRadosGateway } from './rados-gateway.ts';
import { NoS3Server, type S3Server } from './server.ts';

/**
 * A real S3 server for tests: the one of `FLEET_TEST_S3_ENDPOINT` (with the usual AWS key
 * variables), else Ceph's gateway, started here and, where it is missing and that is allowed,
 * installed from the distribution's packages. Throws `NoS3Server`.
 */
export async function startS3Server(env: NodeJS.ProcessEnv = process.env): Promise<S3Server> {
  const given = env['FLEET_TEST_S3_ENDPOINT'];
  if (given) return givenServer(given, env);
  await ensureCeph();
  await removeLeftovers();
  return startRadosGateway();
}

function givenServer(endpoint: string, env: NodeJS.ProcessEnv): S3Server {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'];
  if (!accessKeyId || !secretAccessKey) {
    throw new NoS3Server(
      'FLEET_TEST_S3_ENDPOINT is set, but AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not.',
    );
  }
  return { endpoint, accessKeyId, secretAccessKey, stop: async () => {} };
}
