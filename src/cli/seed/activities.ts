import { DAYS } from './calendar.js';
import { companyOf } from './companies.js';
import { deciderOf } from './contacts.js';
import { dealOf } from './deals.js';
import type { Deal } from './deals.js';
import type { Dice } from './dice.js';
import { idOf } from './plan.js';
import type { SeedPlan } from './plan.js';
import type { User } from './staff.js';
import type { Row } from './table.js';

type Kind = 'task' | 'call' | 'meeting' | 'note' | 'email';

interface Activity {
  type: Kind;
  subject: string;
  day: number;
  /** Day on which somebody entered it. */
  planned: number;
  isDone: boolean;
  owner: User;
  result?: string;
  links: { deal?: string; company?: string; contact?: string };
}

/** Appointments of each salesperson and technician that are not about deals, in the days to come. */
const ROUTINE = 14;
/** Days ahead that agendas are filled. */
const AHEAD = 15;

export const ACTIVITY_COLUMNS = {
  seed: 'externalIds.seed',
  type: 'type',
  subject: 'subject',
  body: 'body',
  status: 'status',
  priority: 'priority',
  due: 'dueAt',
  start: 'startAt',
  minutes: 'durationMinutes',
  location: 'location',
  direction: 'direction',
  result: 'result',
  owner: 'ownerId',
  created: 'createdAt',
  deal: 'links.deal.externalIds.seed',
  company: 'links.company.externalIds.seed',
  contact: 'links.contact.externalIds.seed',
} as const;

/** Columns that only the first row of an activity fills: the others give a link each. */
const HEAD = Object.keys(ACTIVITY_COLUMNS).indexOf('deal');

/** What happened around deals, and what is on everyone's agenda. */
export function* activityRows(plan: SeedPlan): Generator<Row> {
  let index = 0;
  for (const activity of activities(plan)) {
    yield* rowsOf(plan, index, activity);
    index += 1;
  }
}

function* activities(plan: SeedPlan): Generator<Activity> {
  for (let index = 0; index < plan.counts.deals; index += 1) {
    yield* aroundDeal(plan, dealOf(plan, index));
  }
  for (const [place, user] of plan.staff.users.entries()) {
    const isService = user.team === 'service';
    if (!isService && !user.team.startsWith('sales-')) continue;
    for (let at = 0; at < ROUTINE; at += 1) yield routine(plan, place, at, isService);
  }
}

function* aroundDeal(plan: SeedPlan, deal: Deal): Generator<Activity> {
  const dice = plan.dice('around', deal.index);
  const { began, closes, stage, company, id } = deal;
  const links = { deal: id, company: company.id, contact: deciderOf(plan, company.index) };
  const base = { owner: company.owner, links };
  const done = (type: Kind, subject: string, day: number, result?: string): Activity => ({
    ...{ ...base, type, subject, day, planned: Math.max(began, day - 3), isDone: true },
    ...(result === undefined ? {} : { result }),
  });
  const end = Math.min(closes, DAYS);
  const midway = Math.floor((began + end) / 2);
  if (began < DAYS - 1) {
    const reached = dice.chance(0.8) ? 'Interested, wants an offer' : 'Left a message';
    yield done('call', `First call: ${company.name}`, began, reached);
  }
  if (stage !== 'qualification' && midway < DAYS - 1) {
    yield done('meeting', `Tasting at ${company.name}`, midway, dice.pick(TASTINGS));
    yield done('email', `Offer: ${deal.name}`, Math.min(midway + 2, DAYS - 2));
  }
  if (stage === 'won') yield done('note', `Won: ${deal.name}`, closes, 'Handed over to service');
  if (stage === 'lost') yield done('note', `Lost: ${deal.name}`, closes);
  if (stage === 'won' || stage === 'lost') return;
  const next = NEXT[stage];
  const day = dice.chance(0.15) ? DAYS - dice.between(2, 9) : DAYS + dice.below(AHEAD);
  const planned = Math.max(began, Math.min(day, DAYS - 1) - dice.between(1, 9));
  const subject = `${next.subject}: ${company.name}`;
  yield { ...base, ...next, subject, day, planned, isDone: false };
}

const TASTINGS = ['Liked the Notturno', 'Wants to compare with a rival', 'Decision within a month'];

const NEXT = {
  qualification: { type: 'call', subject: 'Ask for needs and budget' },
  proposal: { type: 'task', subject: 'Follow up on the offer' },
  negotiation: { type: 'meeting', subject: 'Settle terms' },
} as const satisfies Record<string, { type: Kind; subject: string }>;

/** Something with a customer that is on somebody's agenda. */
function routine(plan: SeedPlan, user: number, at: number, isService: boolean): Activity {
  const dice = plan.dice('routine', user * ROUTINE + at);
  const company = companyOf(plan, plan.buyer(dice));
  const [type, subject] = dice.pick(isService ? SERVICE_WORK : SALES_WORK);
  const isLate = at < 2;
  return {
    ...{ type, subject: `${subject}: ${company.name}`, isDone: false },
    day: isLate ? DAYS - dice.between(2, 6) : DAYS - 1 + dice.below(AHEAD),
    planned: DAYS - 2 - dice.between(5, 25),
    owner: plan.staff.users[user] as User,
    links: { company: company.id, contact: deciderOf(plan, company.index) },
  };
}

const SALES_WORK: readonly [Kind, string][] = [
  ['call', 'Quarterly check-in'],
  ['task', 'Send the new price list'],
  ['meeting', 'Visit'],
  ['task', 'Prepare the contract renewal'],
  ['call', 'Ask about the sample pack'],
];
const SERVICE_WORK: readonly [Kind, string][] = [
  ['meeting', 'Yearly maintenance on site'],
  ['task', 'Order spare parts'],
  ['call', 'Call back about the grinder'],
  ['meeting', 'Barista training'],
];

function* rowsOf(plan: SeedPlan, index: number, activity: Activity): Generator<Row> {
  const id = idOf('a', index);
  const { links } = activity;
  const head = headOf(plan, index, id, activity);
  const rest: Row = [id, ...Array.from({ length: HEAD - 1 }, () => null)];
  const given = [
    [links.deal ?? null, null, null],
    [null, links.company ?? null, null],
    [null, null, links.contact ?? null],
  ].filter((cells) => cells.some((cell) => cell !== null));
  for (const [place, cells] of given.entries()) yield [...(place === 0 ? head : rest), ...cells];
}

function headOf(plan: SeedPlan, index: number, id: string, activity: Activity): Row {
  const { type, subject, isDone, owner, result } = activity;
  const { calendar } = plan;
  const dice = plan.dice('activity', index);
  const isAhead = activity.day >= DAYS;
  const day = isAhead ? calendar.workday(activity.day) : calendar.workdayBefore(activity.day);
  const time = calendar.time(day, dice.between(7, 15), dice.pick([0, 15, 30, 45]));
  return [
    ...[id, type, subject, bodyOf(dice, type), isDone ? 'done' : 'open'],
    dice.weighted({ normal: 7, high: 2, low: 1 }),
    ...placeOf(dice, type, time),
    ...[isDone ? (result ?? null) : null, owner.email],
    calendar.past(activity.planned, dice.between(6, 17), dice.below(60)),
  ];
}

/** Due, start, minutes, location and direction. */
function placeOf(dice: Dice, type: Kind, time: string): Row {
  if (type === 'meeting') {
    const location = dice.pick(['At the customer', 'Tasting room', 'Video call']);
    return [null, time, dice.pick([45, 60, 90]), location, null];
  }
  const direction = dice.weighted({ outbound: 3, inbound: 1 });
  if (type === 'call') return [null, time, dice.pick([10, 15, 20, 30]), null, direction];
  return [time, null, null, null, type === 'email' ? direction : null];
}

const bodyOf = (dice: Dice, type: Kind): string | null =>
  dice.chance(type === 'note' ? 0.9 : 0.35)
    ? dice.pick([
        'Serves about 200 cups a day. The machine is from 2018.',
        'Wants organic beans and a fixed price for the year.',
        'The owner decides alone, the chef has a say in the taste.',
        'Prefers e-mail in the morning. Closed on Mondays.',
        'Delivery twice a month would be enough.',
      ])
    : null;
