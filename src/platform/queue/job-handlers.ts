import type { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { contractHandledBy } from './handles-job.js';
import type { JobHandler } from './handles-job.js';
import { allJobs } from './job-contract.js';
import type { JobContract } from './job-contract.js';

export interface FoundHandler {
  contract: JobContract;
  handle: JobHandler<object>;
}

/**
 * The handler of every declared kind of job, among the providers of the process.
 * @throws Error naming every kind of job that has none, and every one that has several.
 */
export function findJobHandlers(
  discovery: DiscoveryService,
  scanner: MetadataScanner,
  contracts: readonly JobContract[] = allJobs(),
): FoundHandler[] {
  const found = new Map<JobContract, { at: string; handle: JobHandler<object> }[]>();
  for (const { instance } of discovery.getProviders()) {
    if (instance === null || typeof instance !== 'object') continue;
    const provider = instance as Record<string, JobHandler<object>>;
    const prototype = Object.getPrototypeOf(provider) as object | null;
    for (const name of prototype ? scanner.getAllMethodNames(prototype) : []) {
      const contract = contractHandledBy(methodOf(prototype as object, name));
      if (!contract) continue;
      const at = `${provider.constructor.name}.${name}`;
      const handle: JobHandler<object> = (job) => (provider[name] as JobHandler<object>)(job);
      found.set(contract, [...(found.get(contract) ?? []), { at, handle }]);
    }
  }
  const faults: string[] = [];
  const handlers = contracts.map((contract) => {
    const [handler, ...others] = found.get(contract) ?? [];
    if (!handler) faults.push(`"${contract.name}" has no handler`);
    else if (others.length > 0) {
      const names = [handler, ...others].map(({ at }) => at).join(' and ');
      faults.push(`"${contract.name}" is handled by ${names}`);
    }
    return { contract, handle: handler?.handle as JobHandler<object> };
  });
  if (faults.length > 0)
    throw new Error(`Each job needs exactly one handler: ${faults.join('; ')}`);
  return handlers;
}

/** A method without running getters. */
function methodOf(prototype: object, name: string): unknown {
  for (let at: object | null = prototype; at; at = Object.getPrototypeOf(at) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name);
    if (descriptor) return descriptor.value;
  }
  return undefined;
}
