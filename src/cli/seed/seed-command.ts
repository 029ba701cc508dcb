import { ApiClient } from '../api-client.js';
import type { ImportState } from '../import-progress.js';
import { writeCampaigns } from './campaigns.js';
import { tellConsents } from './consents.js';
import { doDeeds } from './deeds.js';
import { FILES } from './files.js';
import { openHouse } from './house.js';
import { SeedPlan } from './plan.js';
import { makeSegments } from './segments.js';
import { settleRun } from './seed-run.js';
import type { SeedFlags } from './seed-run.js';
import { prepareSelling } from './selling.js';
import { prepareService } from './service.js';
import { assertCompleted, awaitEarlierImports, sendFile } from './send-file.js';
import { HOUSE } from './staff.js';

/**
 * Fills the workspace with the year of a company that does not exist. Each step finds what it has
 * made before, so that a run that was killed goes on where it was.
 */
export async function seedWorkspace(flags: SeedFlags): Promise<void> {
  const api = await ApiClient.connect();
  const run = await settleRun(api, flags);
  const { size, seed, until } = run;
  console.log(`${HOUSE.name}, the year until ${until} (--size ${size} --seed ${seed})`);
  const plan = new SeedPlan(run);
  await awaitEarlierImports(api);
  const house = await openHouse(api, plan);
  await prepareSelling(api, plan, house);
  await prepareService(api);
  for (const file of FILES) {
    console.log(`Sending ${file.object}`);
    const state = await sendFile(api, plan, file);
    report(state);
    assertCompleted(state);
  }
  await makeSegments(api);
  await tellConsents(api, plan);
  await writeCampaigns(api, plan);
  await doDeeds(api, plan);
  await summarize(api);
}

function report({ object, totals, startedAt, finishedAt }: ImportState): void {
  const { created, updated, unchanged, failed, read } = totals;
  const seconds = (Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '')) / 1000;
  const rate = seconds > 0 ? `, ${Math.round(read / seconds)} rows/s` : '';
  const counts = `read ${read}, created ${created}, updated ${updated}, unchanged ${unchanged}`;
  console.log(`${object.padEnd(14)}${counts}, failed ${failed}; ${seconds.toFixed(1)} s${rate}`);
}

/** What is in the workspace now. */
async function summarize(api: ApiClient): Promise<void> {
  console.log('In the workspace now');
  const others = ['campaigns', 'segments', 'quotas', 'teams'];
  for (const plural of [...FILES.map(({ object }) => object), ...others]) {
    const path = `/v1/${plural}?limit=1&fields=id&count=exact`;
    const { page } = await api.json<{ page: { total: number } }>(path);
    console.log(`${plural.padEnd(14)}${page.total}`);
  }
}
