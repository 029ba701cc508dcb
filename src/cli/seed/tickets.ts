import { companyOf } from './companies.js';
import { contactsAt } from './contacts.js';
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
} as const;

/**
 * What is in the queue of the service team today. Tickets of the past are not told: they would all
 * have been made on the day of the seeding, after they were solved.
 */
export function* ticketRows(plan: SeedPlan): Generator<Row> {
  for (let index = 0; index < plan.counts.tickets; index += 1) {
    const dice = plan.dice('ticket', index);
    const company = companyOf(plan, plan.buyer(dice));
    const requester = dice.pick(contactsAt(plan, company));
    const [type, subject, description] = dice.pick(MATTERS);
    const isTaken = dice.chance(0.65);
    yield [
      ...[idOf('t', index), `${subject}: ${company.name}`, description, requester.id, company.id],
      dice.weighted({ email: 5, phone: 3, web: 2, chat: 1 }),
      ...[type, priorityOf(dice, type), isTaken ? dice.weighted({ open: 3, pending: 2 }) : null],
      ...['team-service', dice.chance(0.2) ? 'warranty' : null],
      isTaken ? plan.staff.technician(dice.next()).email : null,
    ];
  }
}

const priorityOf = (dice: Dice, type: string): string =>
  type === 'incident'
    ? dice.weighted({ urgent: 2, high: 4, normal: 3 })
    : dice.weighted({ high: 1, normal: 6, low: 3 });
