import { Redis } from 'ioredis';
import { createServer } from 'node:net';
import { OperatorError } from '../../common/operator-error.js';

/** Milliseconds a server may take to answer the first time. */
const PATIENCE = 5000;

/**
 * Finds out, before anything is started, whether the API will be able to listen.
 * @throws OperatorError naming PORT or HOST.
 */
export async function checkPort(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen({ host, port, exclusive: true }, resolve);
    });
  } catch (error) {
    throw new OperatorError(explainListen(error as NodeJS.ErrnoException, host, port));
  }
  await new Promise((resolve) => server.close(resolve));
}

/**
 * @param variable the setting the URL comes from, for the message.
 * @throws OperatorError when no Redis answers there.
 */
export async function checkRedis(variable: string, url: string): Promise<void> {
  if (!URL.canParse(url)) throw new OperatorError(`${variable} is not a URL.`);
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: PATIENCE,
    commandTimeout: PATIENCE,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
  });
  let cause: Error | undefined;
  client.on('error', (error: Error) => (cause = error));
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    const reason = (cause ?? (error as Error)).message;
    throw new OperatorError(`${variable}: no Redis answers at ${new URL(url).host} (${reason}).`);
  } finally {
    client.disconnect();
  }
}

function explainListen(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is in use: stop the program that listens there, or set PORT.`;
    case 'EACCES':
      return `Port ${port} may not be used by this user: set PORT to one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST=${host} is not an address of this machine.`;
    default:
      return `Nothing can listen on ${host}, port ${port}: ${error.message}`;
  }
}
