/** Stages a person or company passes through, from first notice to advocate. */
export const LIFECYCLE_STAGES = [
  'subscriber',
  'lead',
  'qualified',
  'opportunity',
  'customer',
  'evangelist',
  'other',
] as const;
