import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Config, loadConfig, VARIABLES } from './config.js';

const example = parseEnv(
  readFileSync(join(import.meta.dirname, '..', '..', '.env.example'), 'utf8'),
);

test('.env.example names every setting and nothing else', () => {
  expect(Object.keys(example).sort()).toEqual(Object.values(VARIABLES).sort());
});

test('.env.example as it is changes nothing: each value is the default', () => {
  expect(loadConfig(example as NodeJS.ProcessEnv)).toEqual(new Config());
});
