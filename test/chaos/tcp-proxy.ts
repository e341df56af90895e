import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A TCP proxy that misbehaves on demand. `pass`: as a cable. `freeze`: accepts and holds, but no byte
 * moves (a half-open connection). `mute`: bytes go to the server, its answers do not come back.
 * `refuse`: new connections are cut at once.
 */
type ProxyMode = 'pass' | 'freeze' | 'mute' | 'refuse';

export interface TcpProxy {
  readonly port: number;
  set(mode: ProxyMode): void;
  /** Ends all connections that are open now. */
  cut(): void;
  /** Leaves the connections that are open now open for ever without a byte; new ones are as set. */
  strand(): void;
  readonly connections: number;
}

/** A proxy to a port of this machine; gone when the test is. */
export async function startTcpProxy(target: number | string): Promise<TcpProxy> {
  const proxy = await openTcpProxy(target);
  onTestFinished(() => proxy.close());
  return proxy;
}

/** The same for who is no test and closes it himself. */
export async function openTcpProxy(target: number | string): Promise<TcpProxy & { close(): void }> {
  const stranded = new WeakSet<readonly [client: Socket, server: Socket]>();
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
    const moves = () => mode !== 'freeze' && !stranded.has(pair);
    client.on('data', (bytes) => moves() && server.write(bytes));
    server.on('data', (bytes) => moves() && mode !== 'mute' && client.write(bytes));
    for (const [socket, other] of [pair, [server, client] as const]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        pairs.delete(pair);
        if (moves()) other.destroy();
      });
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    port: (proxy.address() as AddressInfo).port,
    set: (next) => {
      mode = next;
    },
    cut,
    strand: () => {
      for (const pair of pairs) stranded.add(pair);
    },
    close: () => {
      proxy.close();
      cut();
    },
    get connections() {
      return pairs.size;
    },
  };
}
