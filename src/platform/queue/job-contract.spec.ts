import { expect, test } from '@jest/globals';
import { IsInt } from 'class-validator';
import { backoffAfter, defineJob, NoData, parseJobData } from './job-contract.js';

class Data {
  @IsInt() count = 0;
}

const Count = defineJob({ name: 'count', data: Data });

test('a second job of the same name is refused, and a name no queue can have', () => {
  expect(() => defineJob({ name: 'count', data: Data })).toThrow('Two jobs are named "count"');
  expect(() => defineJob({ name: 'Count it', data: Data })).toThrow('cannot name a job');
});

test('data becomes an instance of its class, or every fault is named without its value', () => {
  expect(parseJobData(Count, { count: 3 })).toEqual(Object.assign(new Data(), { count: 3 }));
  expect(parseJobData(Count, { count: 3 })).toBeInstanceOf(Data);
  const wrong = { count: 'three', secret: 'x' };
  expect(() => parseJobData(Count, wrong)).toThrow(
    /"count" is not valid \((secret: whitelistValidation; count: isInt|count: isInt; secret: whitelistValidation)\)/,
  );
  expect(() => parseJobData(Count, wrong)).not.toThrow(/three/);
});

test('a job that needs no data takes none', () => {
  const Empty = defineJob({ name: 'empty', data: NoData });
  expect(parseJobData(Empty, {})).toBeInstanceOf(NoData);
  expect(() => parseJobData(Empty, { count: 1 })).toThrow('count: whitelistValidation');
});

test('pauses between attempts grow to ten minutes and no further, with jitter', () => {
  const longest = [1, 2, 3, 8, 30, 1000].map((failures) => backoffAfter(failures, 1000, 0));
  expect(longest).toEqual([1000, 2000, 4000, 128_000, 600_000, 600_000]);
  const shortest = [1, 2, 30].map((failures) => backoffAfter(failures, 1000, 1));
  expect(shortest).toEqual([500, 1000, 300_000]);
});
