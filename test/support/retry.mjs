import { jest } from '@jest/globals';

// Many processes share two cores here, and real time passes in the tests of caches and queues. What
// a busy moment spoils is tried once more, and the first failure is reported all the same; on a
// developer's machine nothing is.
if (process.env.CI) jest.retryTimes(1, { logErrorsBeforeRetry: true });
