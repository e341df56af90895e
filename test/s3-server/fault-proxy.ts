import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What happens to one request on its way to the server. */
export type Fault =
  | { readonly kind: 'pass' }
  /** Answered here with this status; the server never sees it. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly code: string;
      readonly retryAfter?: number;
    }
  /** The server's answer breaks off after so many bytes of its body. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** The server's answer stops after so many bytes of its body; the connection stays. */
  | { readonly kind: 'stall'; readonly bytes: number }
  /** The server does what was asked, but the connection ends before its answer arrives. */
  | { readonly kind: 'lose-answer' }
  /** The request is never answered. */
  | { readonly kind: 'hang' };

export interface FaultProxy {
  readonly endpoint: string;
  /** The requests that came in, `GET /bucket/key`. */
  readonly requests: readonly string[];
  /** When no client is connected any more. */
  readonly deserted: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const PASS: Fault = { kind: 'pass' };

/**
 * A proxy on loopback before the S3 server. `faultFor` says what befalls each request that comes in;
 * the Host header is kept, so that signatures made for the proxy must be made for the server too:
 * the server checks them against the Host that the client signed.
 */
export async function startFaultProxy(
  endpoint: string,
  faultFor: (request: string, number: number) => Fault | undefined,
): Promise<FaultProxy> {
  const requests: string[] = [];
  const server = createServer((incoming, answer) => {
    const name = `${incoming.method} ${incoming.url}`;
    requests.push(name);
    handle(endpoint, incoming, answer, faultFor(name, requests.length) ?? PASS);
  });
  const connections = new Set<Socket>();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No TCP port was given.');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    requests,
    deserted: async () => {
      await Promise.all([...connections].map(async (socket) => once(socket, 'close')));
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function handle(
  endpoint: string,
  incoming: IncomingMessage,
  answer: ServerResponse,
  fault: Fault,
): void {
  if (fault.kind === 'hang') return;
  if (fault.kind === 'status') {
    incoming.resume();
    answer.setHeader('content-type', 'application/xml');
    if (fault.retryAfter !== undefined) answer.setHeader('retry-after', fault.retryAfter);
    answer.writeHead(fault.status);
    answer.end(`<?xml version="1.0"?><Error><Code>${fault.code}</Code></Error>`);
    return;
  }
  const { method, url, headers } = incoming;
  const onward = request(new URL(url ?? '/', endpoint), { method, headers, agent: false });
  onward.once('response', (found) => deliver(found, answer, fault));
  onward.once('error', () => answer.destroy());
  incoming.pipe(onward);
}

function deliver(found: IncomingMessage, answer: ServerResponse, fault: Fault): void {
  if (fault.kind === 'lose-answer') {
    found.resume().once('end', () => answer.destroy());
    return;
  }
  answer.writeHead(found.statusCode ?? 502, found.rawHeaders);
  if (fault.kind !== 'truncate' && fault.kind !== 'stall') {
    found.pipe(answer);
    return;
  }
  found.once('data', (chunk: Buffer) => {
    found.destroy();
    answer.write(chunk.subarray(0, fault.bytes), () => {
      if (fault.kind === 'truncate') answer.socket?.end();
    });
  });
}
