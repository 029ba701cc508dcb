import { ACTIVITY_COLUMNS, activityRows } from './activities.js';
import { PRODUCT_COLUMNS, productRows } from './catalogue.js';
import { COMPANY_COLUMNS, companyRows } from './companies.js';
import { CONTACT_COLUMNS, contactRows } from './contacts.js';
import { DEAL_COLUMNS, dealRows } from './deals.js';
import { LEAD_COLUMNS, leadRows } from './leads.js';
import { ORDER_COLUMNS, orderRows } from './orders.js';
import type { SeedPlan } from './plan.js';
import { csvChunks } from './table.js';
import type { Row } from './table.js';
import { TICKET_COLUMNS, ticketRows } from './tickets.js';

/** A file that becomes records of one object. */
export interface SeedFile {
  /** Plural of the object. */
  object: string;
  mapping: Readonly<Record<string, string | readonly string[]>>;
  rows: (plan: SeedPlan) => Iterable<Row>;
}

/** All files, in the order in which they refer to each other. */
export const FILES: readonly SeedFile[] = [
  { object: 'products', mapping: PRODUCT_COLUMNS, rows: productRows },
  { object: 'companies', mapping: COMPANY_COLUMNS, rows: companyRows },
  { object: 'contacts', mapping: CONTACT_COLUMNS, rows: contactRows },
  { object: 'leads', mapping: LEAD_COLUMNS, rows: leadRows },
  { object: 'orders', mapping: ORDER_COLUMNS, rows: orderRows },
  { object: 'deals', mapping: DEAL_COLUMNS, rows: dealRows },
  { object: 'tickets', mapping: TICKET_COLUMNS, rows: ticketRows },
  { object: 'activities', mapping: ACTIVITY_COLUMNS, rows: activityRows },
];

/** Records are found again by this id. */
export const KEY = 'externalIds.seed';

/** The bytes of a file, in pieces: the same for the same plan. */
export const bytesOf = ({ mapping, rows }: SeedFile, plan: SeedPlan): Generator<Buffer> =>
  csvChunks(Object.keys(mapping), rows(plan));
