import { defineJob, NoData } from '../../../platform/queue/job-contract.js';

/** Has the open tickets of a workspace go by its policies as they are now. */
export const ApplySlaPolicies = defineJob({
  name: 'apply-sla-policies',
  data: NoData,
  options: { attempts: 30, backoff: 2000, concurrency: 2 },
});
