import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A TCP proxy that misbehaves on demand. `pass`: as a cable. `freeze`: accepts and holds, but no byte
 * moves (a half-open connection). `mute`: bytes go to the server, its answers do not come back.
 * `refuse`: new connections are cut at once.
 */
export type ProxyMode = 'pass' | 'freeze' | 'mute' | 'refuse';

export interface TcpProxy {
  readonly port: number;
  set(mode: ProxyMode): void;
  /** Ends all connections that are open now. */
  cut(): void;
  readonly connections: number;
}

/** A proxy to a port of this machine; gone when the test is. */
export async function startTcpProxy(target: number | string): Promise<TcpProxy> {
  const pairs = new Set<readonly [client: Socket, server: Socket]>();
  let mode: ProxyMode = 'pass';
  const cut = () => {
    for (const sockets of pairs) for (const socket of sockets) socket.destroy();
    pairs.clear();
  };
  const proxy = createServer((client) => {
    if (mode === 'refuse') {
      client.destroy();
      return;
    }
    const server = typeof target === 'number' ? connect(target, '127.0.0.1') : connect(target);
    const pair = [client, server] as const;
    pairs.add(pair);
    client.on('data', (bytes) => mode !== 'freeze' && server.write(bytes));
    server.on('data', (bytes) => mode !== 'freeze' && mode !== 'mute' && client.write(bytes));
    for (const [socket, other] of [pair, [server, client] as const]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        if (mode !== 'freeze') other.destroy();
      });
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.close();
    cut();
  });
  return {
    port: (proxy.address() as AddressInfo).port,
    set: (next) => {
      mode = next;
    },
    cut,
    get connections() {
      return pairs.size;
    },
  };
}
