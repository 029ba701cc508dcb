// Starts what makes requests, each in a process of its own.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

export const rounded = (value) => Math.round(value * 100) / 100;

/** As many requests a second as a number of connections gets answered. */
export function load(url, headers, requests, seconds, connections) {
  return measure('load.mjs', { url, headers, requests, seconds, connections });
}

/**
 * How long the answers take, in milliseconds: `p50` and `p95`.
 * @param least requests at least, however long they take.
 */
export function probe(url, headers, requests, seconds, { callers = 4, least = 0 } = {}) {
  return measure('probe.mjs', { url, headers, requests, seconds, callers, least });
}

async function measure(program, task) {
  const generator = fork(here(program), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  generator.send(task);
  const result = await new Promise((resolve, reject) => {
    generator.once('message', resolve);
    generator.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
  });
  generator.disconnect();
  if (result.failed > 0)
    throw new Error(`${result.failed} requests failed at ${task.url}${task.requests[0].path}`);
  return result;
}
