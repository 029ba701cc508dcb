// Fires reminders; with DIE set it dies when the events are written and not yet committed.
import 'reflect-metadata';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { KEEL_TEST_BUILD, DIE } = process.env;
const load = (path) => import(pathToFileURL(join(KEEL_TEST_BUILD, path)).href);
const { loadConfig } = await load('config/config.js');
const { ActivityReminders } = await load('modules/activities/index.js');
const { openDatabase } = await load('platform/database/database.module.js');

const database = await openDatabase(loadConfig(), 'keel-test');
const transaction = database.transaction.bind(database);
database.transaction = (scope, work, options) =>
  transaction(
    scope,
    async (tx) => {
      const value = await work(tx);
      if (DIE) process.kill(process.pid, 'SIGKILL');
      return value;
    },
    options,
  );
new ActivityReminders(database).start();
process.stdout.write('ready\n');
