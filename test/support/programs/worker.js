// Stands for the worker in tests of the supervisor.
import { runChild } from './platform/processes/supervise-child.js';

await runChild(async () => {
  const timer = setInterval(() => {}, 1000);
  return { onStop: async () => clearInterval(timer) };
});
