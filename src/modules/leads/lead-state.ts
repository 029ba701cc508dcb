import type { Draft } from '../../platform/records/record-rules.js';
import { OPEN_STATUSES } from './lead.dto.js';

const CONVERSION = [
  'converted_at',
  'converted_contact_id',
  'converted_company_id',
  'converted_deal_id',
] as const;

/**
 * Keeps the state of a lead sound, whichever way it is written. The columns that only deeds can set
 * tell a deed from a body: a lead is disqualified exactly when it has a reason, and converted
 * exactly when it has a time of conversion.
 */
export function keepLeadState(draft: Draft): void {
  const { before, after } = draft;
  if (before && before.values['status'] === after.values['status']) keepFacts(draft);
  else checkMove(draft);
  if (after.ownerId !== (before?.ownerId ?? null)) noteAssignment(draft);
}

/** A merge may bring the facts of another lead: one that became a customer stays one. */
function keepFacts({ before, after }: Draft): void {
  const stored = before?.values ?? {};
  const { values } = after;
  if (stored['converted_at'] === null && values['converted_at'] !== null) {
    values['status'] = 'converted';
    values['disqualified_reason'] = null;
    return;
  }
  values['disqualified_reason'] = stored['disqualified_reason'] ?? null;
}

function checkMove(draft: Draft): void {
  const { before, after, errors } = draft;
  const { values } = after;
  const fail = (detail: string): void => {
    errors.push({ pointer: `${draft.pointer}/status`, code: 'status', detail });
  };
  if (before?.values['status'] === 'converted') {
    fail('the lead has been converted: its status stays');
  } else if (values['status'] === 'converted') {
    if (values['converted_at'] === null) fail('convert a lead with POST /v1/leads/{id}/convert');
    values['disqualified_reason'] = null;
  } else if (values['status'] === 'disqualified') {
    if (values['disqualified_reason'] !== null) return;
    fail('disqualify a lead with POST /v1/leads/{id}/disqualify, which takes a reason');
  } else if (before && values['disqualified_reason'] !== null) {
    fail('bring a disqualified lead back with POST /v1/leads/{id}/requalify');
  } else {
    for (const column of CONVERSION) values[column] = null;
  }
}

/** Says when the owner changed, and that no rule chose them unless one did. */
function noteAssignment({ before, after: { values, ownerId } }: Draft): void {
  const byRule =
    values['assigned_at'] !== null && values['assigned_at'] !== before?.values['assigned_at'];
  if (byRule) return;
  values['assigned_by'] = null;
  values['assigned_at'] = ownerId === null ? null : new Date().toISOString();
}

/** Whether somebody still works on a lead of this status. */
export const isOpen = (status: unknown): boolean => OPEN_STATUSES.some((open) => open === status);
