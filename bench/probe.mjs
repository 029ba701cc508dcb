// Measures how long answers take: a process of its own with a few callers, each of which asks again
// when it has its answer. Milliseconds with decimals, which load generators round away.
import { Agent, request } from 'node:http';

process.on('message', async ({ url, headers, requests, seconds, callers, least = 0 }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const until = performance.now() + seconds * 1000;
  const times = [];
  let next = 0;
  let failed = 0;
  const call = async () => {
    while (performance.now() < until || next < least) {
      const asked = requests[next++ % requests.length];
      const started = performance.now();
      const status = await ask(agent, url, headers, asked, `${process.pid}-${next}`);
      times.push(performance.now() - started);
      if (status >= 300) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  process.send({ p50: at(0.5), p95: at(0.95), count: times.length, failed });
});
process.on('disconnect', () => process.exit());

function ask(agent, url, headers, { method = 'GET', path, body }, unique) {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method, agent, headers }, (response) => {
      response.on('data', () => undefined);
      response.on('end', () => resolve(response.statusCode));
    });
    sent.on('error', reject);
    sent.end(body?.replaceAll('%N%', unique));
  });
}
