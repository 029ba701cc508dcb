import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';

/**
 * Takes the settings of `.env` in the working folder, if there is one, into the environment.
 * Variables that are set already win.
 */
export function readEnvFile(): void {
  if (existsSync('.env')) loadEnvFile('.env');
}
