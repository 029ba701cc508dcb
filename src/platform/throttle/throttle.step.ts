import type { RequestStep } from '../http/request-hooks.js';
import { clientOf } from './client.js';
import type { Throttle } from './throttle.js';

/** Counts every request in the class its route declares, and refuses what is too much. */
export function throttleStep(throttle: Throttle): RequestStep {
  return (request, reply, policy) => {
    const decision = throttle.admit(policy.throttle, clientOf(request));
    reply.headers(throttle.headers(policy.throttle, decision));
    return false;
  };
}
