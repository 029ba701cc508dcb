// The load generator: a process of its own, told what to send and for how long.
import autocannon from 'autocannon';

process.on('message', async ({ url, headers, requests, seconds, connections }) => {
  let next = 0;
  const instance = autocannon({
    url,
    headers,
    connections,
    duration: seconds,
    requests: [
      {
        // Each request takes the next of the prepared ones.
        setupRequest(request) {
          const { method = 'GET', path, body } = requests[next++ % requests.length];
          return {
            ...request,
            method,
            path,
            body: body?.replaceAll('%N%', `${process.pid}-${next}`),
          };
        },
      },
    ],
  });
  const result = await instance;
  process.send({
    perSecond: result.requests.average,
    p95: result.latency.p97_5 === undefined ? 0 : (result.latency.p95 ?? result.latency.p97_5),
    p50: result.latency.p50,
    failed: result.non2xx + result.errors,
  });
});
process.on('disconnect', () => process.exit());
