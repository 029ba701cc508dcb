// Generates contacts, the same for the same size: 15 columns, names of many scripts.
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

const FIRST = ['Maria', 'José', 'Zoë', 'Łukasz', 'Anna', 'Søren', 'Chloé', 'Ivan', '伟', 'Amélie'];
const LAST = [
  'Müller',
  'García',
  'Nguyễn',
  'Kowalski',
  'Smith',
  'Jørgensen',
  '王',
  'Dupont',
  'Rossi',
];
const CITY = [
  'Berlin',
  'Madrid',
  'Kraków',
  'København',
  'Lyon',
  'Torino',
  '上海',
  'Boston',
  'Hà Nội',
];
const COUNTRY = ['DE', 'ES', 'PL', 'DK', 'FR', 'IT', 'CN', 'US', 'VN'];
const STAGES = ['subscriber', 'lead', 'qualified', 'opportunity', 'customer'];

/** Headers of the file; each is a field of a contact, and a column of the table beside it. */
export const COLUMNS = {
  firstName: 'first_name',
  lastName: 'last_name',
  email: 'email',
  phone: 'phone',
  mobile: 'mobile',
  title: 'title',
  'address.street': 'address_street',
  'address.city': 'address_city',
  'address.region': 'address_region',
  'address.postalCode': 'address_postal_code',
  'address.country': 'address_country',
  lifecycleStage: 'lifecycle_stage',
  source: 'source',
  language: 'language',
  timeZone: 'time_zone',
};

/** A generator of numbers that is the same everywhere (mulberry32). */
function randomNumbers(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

export async function writeContacts(path, count, prefix) {
  const file = createWriteStream(path);
  const random = randomNumbers(count);
  file.write(`${Object.keys(COLUMNS).join(',')}\n`);
  for (let start = 0; start < count; start += 5000) {
    const lines = [];
    for (let n = start; n < Math.min(start + 5000, count); n += 1)
      lines.push(line(n, random, prefix));
    if (!file.write(`${lines.join('\n')}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

function line(n, random, prefix) {
  const place = random(CITY.length);
  const first = FIRST[random(FIRST.length)];
  const last = LAST[random(LAST.length)] + String.fromCharCode(97 + random(26)) + random(999);
  const number = String(1_000_000 + random(8_999_999));
  return [
    first,
    last,
    `${prefix}${n}.${random(99999)}@example${random(5000)}.com`,
    `+4930${number}`,
    `+49151${number}1`,
    `"Head of ${CITY[random(CITY.length)]}, ${random(50)}"`,
    `Street ${random(999)}`,
    CITY[place],
    '',
    String(10000 + random(89999)),
    COUNTRY[place],
    STAGES[random(STAGES.length)],
    'bench',
    'de',
    'Europe/Berlin',
  ].join(',');
}
