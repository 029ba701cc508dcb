import type { FastifyRequest } from 'fastify';
import { isIPv6 } from 'node:net';

/** Whose requests are counted together: an API key's, a user's, or else an address's. */
export function clientOf({ keel, ip }: Pick<FastifyRequest, 'keel' | 'ip'>): string {
  return keel ? `${keel.principal.type}:${keel.principal.id}` : `ip:${networkOf(ip)}`;
}

/** The address itself, or the /64 network of an IPv6 address: one customer has all of it. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  const [bare = ''] = address.split('%', 1);
  if (!isIPv6(bare)) return address;
  const [head = '', tail] = bare.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const missing = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  const network = groups.slice(0, 4).map((group) => parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}
