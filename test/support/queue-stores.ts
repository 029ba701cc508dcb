import { startRedis, type RunningTool } from './tools.js';

/** A store of queues that the same tests run against. */
export interface StoreUnderTest {
  name: string;
  /** Settings of a process that uses it. */
  start(): Promise<{ redisUrl?: string; stop(): Promise<void> }>;
}

export const STORES: StoreUnderTest[] = [
  { name: 'PostgreSQL', start: () => Promise.resolve({ stop: () => Promise.resolve() }) },
  {
    name: 'Redis',
    start: async () => {
      const redis: RunningTool = await startRedis();
      return { redisUrl: redis.url, stop: () => redis.stop() };
    },
  },
];
