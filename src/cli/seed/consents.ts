import type { ApiClient } from '../api-client.js';
import { companyOf } from './companies.js';
import { contactMetOn, contactsAt } from './contacts.js';
import type { SeedPlan } from './plan.js';
import { HOUSE } from './staff.js';

/** What one batch may hold. */
const MOST_OF_BATCH = 1000;

/** A consent as `POST /v1/consents/batch` takes it. */
export interface SeedConsent {
  email: string;
  purpose: 'marketing';
  channel: 'email' | 'phone';
  status: 'granted' | 'withdrawn';
  source: string;
  /** RFC 3339. */
  occurredAt: string;
  confirmed?: true;
  proof?: { text: string; version: string };
}

const WORDS = {
  text: `I would like ${HOUSE.name} to write to me about its offers. I can withdraw that any time.`,
  version: '2025-09',
};

/** What contacts have agreed to, company by company, at most so many as the size says. */
export function* consents(plan: SeedPlan): Generator<SeedConsent> {
  let left = plan.counts.consents;
  for (let company = 0; company < plan.counts.companies; company += 1) {
    for (const [place, { email }] of contactsAt(plan, companyOf(plan, company)).entries()) {
      const { first } = plan.contactsOf(company);
      for (const consent of consentsOf(plan, { company, place, number: first + place, email })) {
        if (left === 0) return;
        left -= 1;
        yield consent;
      }
    }
  }
}

interface Person {
  company: number;
  place: number;
  number: number;
  email: string;
}

function* consentsOf(plan: SeedPlan, person: Person): Generator<SeedConsent> {
  const { company, place, number, email } = person;
  const dice = plan.dice('consent', number);
  if (!dice.chance(0.55)) return;
  const met = contactMetOn(plan, company, place);
  const at = (after: number, hour: number): string =>
    plan.calendar.past(met + after, hour, dice.below(60));
  const source = dice.weighted({ 'web-form': 5, fair: 3, phone: 2 });
  const base = { email, purpose: 'marketing', source } as const;
  const proof = { confirmed: true, proof: WORDS } as const;
  if (dice.chance(0.07)) {
    yield { ...base, channel: 'email', status: 'withdrawn', occurredAt: at(60, 18) };
    return;
  }
  yield { ...base, channel: 'email', status: 'granted', occurredAt: at(3, 18), ...proof };
  if (!dice.chance(0.2)) return;
  yield { ...base, channel: 'phone', status: 'granted', occurredAt: at(4, 18), ...proof };
}

interface BatchResult {
  failed: number;
  results: { outcome?: string; error?: { detail: string } }[];
}

/** Tells what contacts have agreed to; what has been told before changes nothing. */
export async function tellConsents(api: ApiClient, plan: SeedPlan): Promise<void> {
  const told = { all: 0, failed: 0 };
  let records: SeedConsent[] = [];
  const send = async (): Promise<void> => {
    if (records.length === 0) return;
    const path = '/v1/consents/batch';
    const answer = await api.json<BatchResult>(path, { method: 'POST', json: { records } });
    told.all += records.length;
    told.failed += answer.failed;
    const fault = answer.results.find(({ error }) => error)?.error;
    // Somebody may have given a contact another address, or removed them.
    if (fault) console.log(`A consent was not taken: ${fault.detail}`);
    records = [];
  };
  for (const consent of consents(plan)) {
    records.push(consent);
    if (records.length === MOST_OF_BATCH) await send();
  }
  await send();
  console.log(`Consents: ${told.all}, failed ${told.failed}`);
}
