// Stands for the API in tests of the supervisor: answers with what it knows of itself.
import { createServer } from 'node:http';
import { OperatorError } from './common/operator-error.js';
import { runChild } from './platform/processes/supervise-child.js';

await runChild(async () => {
  const mode = process.env.TEST_API;
  if (mode === 'refuse') throw new OperatorError('The API cannot start: on purpose.');
  if (mode === 'crash') process.exit(3);
  const server = createServer((_request, response) => {
    response.end(JSON.stringify({ pid: process.pid, databaseUrl: process.env.DATABASE_URL }));
  });
  const { PORT: port, HOST: host = '127.0.0.1' } = process.env;
  await new Promise((resolve) => server.listen(Number(port), host, resolve));
  return {
    url: `http://${host}:${server.address().port}`,
    onStop: () => (mode === 'hang' ? new Promise(() => {}) : Promise.resolve()),
  };
});
