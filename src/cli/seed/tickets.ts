import { DAYS } from './calendar.js';
import { companyOf } from './companies.js';
import { contactMetOn, contactsAt } from './contacts.js';
import type { Dice } from './dice.js';
import { idOf } from './plan.js';
import type { SeedPlan } from './plan.js';
import type { Row } from './table.js';

/** What customers ask for: type, subject and what they say. */
const MATTERS: readonly [string, string, string][] = [
  [
    'incident',
    'The machine does not heat up',
    'It shows E07 since this morning. We open at seven.',
  ],
  ['incident', 'Water under the machine', 'There is a puddle every evening, from the left side.'],
  ['incident', 'The grinder is stuck', 'It hums and stops. We have cleaned it already.'],
  ['complaint', 'Beans arrived late', 'Two days late, and one bag was open.'],
  ['complaint', 'Wrong cups delivered', 'We ordered cappuccino cups and got espresso cups.'],
  ['question', 'When does the descaler arrive?', 'The shop says it is on its way.'],
  ['question', 'Invoice with our new address', 'We have moved. Can you send the last one again?'],
  ['question', 'Which filter for hard water?', 'Our water has 18 degrees.'],
  ['task', 'Yearly maintenance', 'Please name three dates, best on a Monday.'],
  ['task', 'Move the machine to our new shop', 'It is 400 metres away. When could you do that?'],
];

export const TICKET_COLUMNS = {
  seed: 'externalIds.seed',
  subject: 'subject',
  description: 'description',
  requester: 'requester.externalIds.seed',
  company: 'company.externalIds.seed',
  channel: 'channel',
  type: 'type',
  priority: 'priority',
  status: 'status',
  team: 'team.externalIds.seed',
  tags: 'tags',
  owner: 'ownerId',
  created: 'createdAt',
  responded: 'firstRespondedAt',
  solved: 'solvedAt',
  closed: 'closedAt',
  score: 'satisfactionScore',
  comment: 'satisfactionComment',
  rated: 'satisfactionRatedAt',
} as const;

/** Days after which solved tickets are closed. */
const CLOSED_AFTER = 10;

/** The tickets of the year that are solved, in the order in which they came, and today's queue. */
export function* ticketRows(plan: SeedPlan): Generator<Row> {
  for (let index = 0; index < plan.counts.solvedTickets; index += 1) {
    yield solvedRow(plan, index);
  }
  // Those that wait came last: the youngest have the highest numbers.
  for (let index = 0; index < plan.counts.tickets; index += 1) yield openRow(plan, index);
}

function openRow(plan: SeedPlan, index: number): Row {
  const dice = plan.dice('ticket', index);
  const day = DAYS - 1 - Math.floor(45 * (1 - (index + 1) / plan.counts.tickets) ** 3);
  const asked = askedOn(plan, dice, day);
  const isTaken = dice.chance(0.65);
  const came = plan.calendar.past(day, dice.between(6, 12), dice.below(60));
  // Somebody has answered what was taken, but for what came in this morning.
  const answered =
    isTaken && day < DAYS - 1
      ? plan.calendar.past(day, dice.between(13, 16), dice.below(60))
      : null;
  return [
    ...[idOf('t', index), ...asked.cells],
    isTaken ? dice.weighted({ open: 3, pending: 2 }) : null,
    ...['team-service', dice.chance(0.2) ? 'warranty' : null],
    isTaken ? plan.staff.technician(dice.next()).email : null,
    ...[came, answered, null, null, null, null, null],
  ];
}

function solvedRow(plan: SeedPlan, index: number): Row {
  const dice = plan.dice('solved-ticket', index);
  const { calendar } = plan;
  const day = calendar.dayOf(index, plan.counts.solvedTickets);
  const asked = askedOn(plan, dice, day);
  const came = Date.parse(calendar.past(day, dice.between(6, 14), dice.below(60)));
  const answered = came + MINUTE * Math.ceil(ANSWER[asked.priority] * waitOf(dice));
  const took = ANSWER[asked.priority] * 4 * waitOf(dice) ** 1.4 * (asked.type === 'task' ? 3 : 1);
  // What is solved was solved by yesterday evening.
  const end = Date.parse(calendar.past(DAYS - 1, 0, 0));
  const solved = Math.min(answered + MINUTE * Math.ceil(10 + took), end);
  const responded = Math.min(answered, solved);
  const isClosed = solved + CLOSED_AFTER * DAY < end;
  const rating = ratingOf(dice, (solved - came) / DAY);
  return [
    ...[idOf('h', index), ...asked.cells, isClosed ? 'closed' : 'solved'],
    ...['team-service', dice.chance(0.2) ? 'warranty' : null],
    plan.staff.technician(dice.next()).email,
    ...[came, responded, solved].map(timeOf),
    isClosed ? timeOf(solved + CLOSED_AFTER * DAY) : null,
    ...(rating ? [rating.score, rating.comment] : [null, null]),
    rating ? timeOf(Math.min(solved + rating.after * MINUTE, end)) : null,
  ];
}

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** Minutes in which half of the tickets of a priority are answered. */
const ANSWER = { urgent: 25, high: 60, normal: 150, low: 300 };

const timeOf = (time: number): string => new Date(time).toISOString();

/** A share of what things usually take: half of them less than one, a few very long. */
const waitOf = (dice: Dice): number => (2 * dice.next()) ** 3 / 2 + 0.1;

const COMMENTS: Record<number, readonly string[]> = {
  1: ['Two days without coffee.', 'I had to explain it three times.'],
  2: ['It took too long.', 'The part is still missing.'],
  3: ['Solved in the end.', 'Friendly, but slow.'],
  4: ['Quick answer.', 'Good, thank you.'],
  5: ['That was fast!', 'Very friendly technician.', 'Perfect, as always.'],
};

/** What four of ten customers say afterwards: the longer it took, the worse. */
function ratingOf(
  dice: Dice,
  days: number,
): { score: number; comment: string | null; after: number } | null {
  if (!dice.chance(0.4)) return null;
  const late = Math.min(3, days * 0.8);
  const score = Math.max(1, Math.min(5, Math.round(5.4 - late - 2 * dice.next() ** 2)));
  const comment = dice.chance(0.3) ? dice.pick(COMMENTS[score] as readonly string[]) : null;
  return { score, comment, after: dice.between(30, 2000) };
}

/** Who asks, and what: somebody whose company has ordered by then. */
function askedOn(plan: SeedPlan, dice: Dice, day: number) {
  let company = plan.buyer(dice);
  for (let tries = 0; tries < 20 && plan.firstOrderOf(company) > day; tries += 1) {
    company = plan.buyer(dice);
  }
  const asking = companyOf(plan, company);
  const people = contactsAt(plan, asking);
  const place = dice.below(people.length);
  const requester = people[contactMetOn(plan, company, place) <= day ? place : 0];
  const [type, subject, description] = dice.pick(MATTERS);
  const channel = dice.weighted({ email: 5, phone: 3, web: 2, chat: 1 });
  const priority = priorityOf(dice, type);
  const head = [`${subject}: ${asking.name}`, description, requester?.id ?? null, asking.id];
  return { type, priority, cells: [...head, channel, type, priority] };
}

const priorityOf = (dice: Dice, type: string): 'urgent' | 'high' | 'normal' | 'low' =>
  type === 'incident'
    ? dice.weighted({ urgent: 2, high: 4, normal: 3 })
    : dice.weighted({ high: 1, normal: 6, low: 3 });
