import { afterEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { BackgroundLoop } from './background-loop.js';

const loops: BackgroundLoop[] = [];
afterEach(() => Promise.all(loops.splice(0).map((loop) => loop.stop())));

function make(step: () => Promise<boolean>, errors: unknown[] = []): BackgroundLoop {
  const loop = new BackgroundLoop(step, {
    shortest: 5,
    longest: 40,
    onError: (error) => errors.push(error),
  });
  loops.push(loop);
  return loop;
}

test('a poke runs the step until there is nothing left, and then rests', async () => {
  const work = [true, true, false];
  let runs = 0;
  const loop = make(async () => {
    runs += 1;
    return work.shift() ?? false;
  });
  loop.poke();
  await sleep(100);
  expect(runs).toBe(3);
});

test('a poke during a step is not lost, and steps never overlap', async () => {
  let running = 0;
  let most = 0;
  let runs = 0;
  const loop = make(async () => {
    running += 1;
    runs += 1;
    most = Math.max(most, running);
    await sleep(20);
    running -= 1;
    return false;
  });
  loop.poke();
  await sleep(5);
  loop.poke();
  loop.poke();
  await sleep(100);
  expect([runs, most]).toEqual([2, 1]);
});

test('a started loop looks again after pauses that grow while there is nothing', async () => {
  const times: number[] = [];
  const loop = make(async () => {
    times.push(performance.now());
    return false;
  });
  loop.start();
  await sleep(250);
  const pauses = times.slice(1).map((time, index) => time - (times[index] as number));
  expect(pauses.length).toBeGreaterThan(4);
  expect(pauses.length).toBeLessThan(14);
  expect(pauses.at(-1)).toBeGreaterThan(35);
});

test('a step that fails is tried again, and only the first failure in a row is reported', async () => {
  const errors: unknown[] = [];
  let runs = 0;
  const loop = make(async () => {
    runs += 1;
    if (runs < 3) throw new Error(`failure ${runs}`);
    return false;
  }, errors);
  loop.start();
  await sleep(250);
  expect(runs).toBeGreaterThan(3);
  expect(errors).toEqual([new Error('failure 1')]);
});

test('stopping waits for the step that runs and starts no other one', async () => {
  let runs = 0;
  let isDone = false;
  const loop = make(async () => {
    runs += 1;
    await sleep(30);
    isDone = true;
    return true;
  });
  loop.start();
  await sleep(5);
  await loop.stop();
  expect(isDone).toBe(true);
  loop.poke();
  await sleep(50);
  expect(runs).toBe(1);
});
