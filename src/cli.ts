import { Command } from 'commander';
import { exportFile } from './cli/export-command.js';
import type { ExportFlags } from './cli/export-command.js';
import { importFile } from './cli/import-command.js';
import type { ImportFlags } from './cli/import-command.js';
import { seedWorkspace } from './cli/seed/seed-command.js';
import type { SeedFlags } from './cli/seed/seed-run.js';
import { OperatorError } from './common/operator-error.js';
import { ConfigError } from './config/config.js';
import { readEnvFile } from './config/env-file.js';

/** `npm run keel -- …`: imports, exports and seeds over the API, with a progress bar and a summary. */
const collect = (value: string, before: string[]): string[] => [...before, value];

const program = new Command('keel').description('Imports, exports and seeds, over the API');

program
  .command('import <file>')
  .description('import a csv, tsv, ndjson, xlsx or vcard file, also gzipped')
  .option('--object <plural>', 'what the rows become, such as contacts')
  .option('--options <file>', 'a JSON file of import options, such as those in examples/')
  .option('--map <header=field>', 'map a column; repeatable; others are not imported', collect, [])
  .option('--mode <mode>', 'create, update or upsert')
  .option('--match-on <key>', 'match existing records by this key, such as email')
  .option('--format <format>', 'csv, tsv, ndjson, xlsx or vcard; detected when absent')
  .option('--create-references', 'make companies that are named but do not exist')
  .option('--dry-run', 'check every row and write nothing')
  .action((file: string, flags: ImportFlags) => importFile(file, flags));

program
  .command('export')
  .description('export records into a file')
  .requiredOption('--object <plural>', 'what to export, such as contacts')
  .option('--format <format>', 'csv or ndjson', 'csv')
  .option('--out <file>', 'file to write; <object>.<format> when absent')
  .option('--fields <a,b>', 'only these fields')
  .option('--filter <field=value>', 'only what matches; field[op]=value; repeatable', collect, [])
  .option('--sort <fields>', 'order, such as -createdAt')
  .option('--raw', 'leave cells as they are, also those a spreadsheet would run')
  .action((flags: ExportFlags) => exportFile(flags));

program
  .command('seed')
  .description('fill a workspace with the year of a company that does not exist')
  .option('--size <size>', 'small, medium or large: 1,000, 100,000 or 1,000,000 contacts', 'small')
  .option('--seed <number>', 'another number makes another company', '1')
  .option('--until <date>', 'last day of the year, YYYY-MM-DD; today when absent')
  .action((flags: SeedFlags) => seedWorkspace(flags));

try {
  readEnvFile();
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof OperatorError || error instanceof ConfigError)) throw error;
  console.error(`keel: ${error.message}`);
  process.exitCode = 1;
}
