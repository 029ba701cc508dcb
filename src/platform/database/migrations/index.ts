import { M0001Records } from './0001-records.js';
import { M0002Jobs } from './0002-jobs.js';
import { M0003Identity } from './0003-identity.js';
import { M0004Search } from './0004-search.js';
import { M0005Imports } from './0005-imports.js';
import { M0006Exports } from './0006-exports.js';
import { M0007History } from './0007-history.js';
import { M0008People } from './0008-people.js';
import { M0009Commerce } from './0009-commerce.js';
import { M0010Leads } from './0010-leads.js';
import { M0011Deals } from './0011-deals.js';
import { M0012Activities } from './0012-activities.js';
import { M0013Performance } from './0013-performance.js';
import { M0015ImportLists } from './0015-import-lists.js';
import { M0016DealOrders } from './0016-deal-orders.js';
import { M0017DealForecast } from './0017-deal-forecast.js';
import { M0018LinkKeys } from './0018-link-keys.js';
import { M0019Tickets } from './0019-tickets.js';
import { M0020Sla } from './0020-sla.js';
import { M0021InboundMail } from './0021-inbound-mail.js';
import { M0022Consent } from './0022-consent.js';

/** In the order they run. A migration that has been released is never edited. */
export const migrations = [
  { name: '0001-records', class: M0001Records },
  { name: '0002-jobs', class: M0002Jobs },
  { name: '0003-identity', class: M0003Identity },
  { name: '0004-search', class: M0004Search },
  { name: '0005-imports', class: M0005Imports },
  { name: '0006-exports', class: M0006Exports },
  { name: '0007-history', class: M0007History },
  { name: '0008-people', class: M0008People },
  { name: '0009-commerce', class: M0009Commerce },
  { name: '0010-leads', class: M0010Leads },
  { name: '0011-deals', class: M0011Deals },
  { name: '0012-activities', class: M0012Activities },
  { name: '0013-performance', class: M0013Performance },
  { name: '0015-import-lists', class: M0015ImportLists },
  { name: '0016-deal-orders', class: M0016DealOrders },
  { name: '0017-deal-forecast', class: M0017DealForecast },
  { name: '0018-link-keys', class: M0018LinkKeys },
  { name: '0019-tickets', class: M0019Tickets },
  { name: '0020-sla', class: M0020Sla },
  { name: '0021-inbound-mail', class: M0021InboundMail },
  { name: '0022-consent', class: M0022Consent },
];
