import type { ApiClient } from '../api-client.js';
import { makeMissing } from './house.js';

const OFFICE = [{ from: '08:00', to: '18:00' }];

/** What the service team promises, in minutes of its business time. */
const POLICY = {
  name: 'Service hours',
  targets: {
    urgent: { firstResponseMinutes: 60, resolutionMinutes: 480 },
    high: { firstResponseMinutes: 180, resolutionMinutes: 1200 },
    normal: { firstResponseMinutes: 480, resolutionMinutes: 2400 },
    low: { firstResponseMinutes: 960, resolutionMinutes: 4800 },
  },
  timeZone: 'Europe/Berlin',
  workingHours: {
    ...{ monday: OFFICE, tuesday: OFFICE, wednesday: OFFICE, thursday: OFFICE, friday: OFFICE },
  },
  pauseIn: ['pending'],
};

/** What tickets go by has to be there before them. */
export async function prepareService(api: ApiClient): Promise<void> {
  await makeMissing(api, '/v1/sla-policies', [POLICY]);
}
