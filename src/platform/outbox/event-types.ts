import type { RecordObject } from '../access/permissions.js';

/** What can happen to a record; an event's type is `<singular>.<action>`: `contact.created`. */
export const RECORD_ACTIONS = {
  created: 'A record was created, also by an import or an upsert.',
  updated: 'Properties of a record changed.',
  deleted: 'A record went to the bin.',
  restored: 'A record came back from the bin.',
  purged: 'A record was removed for good.',
  merged: 'Duplicates were merged into a record; `changes.mergedIds` names them.',
} as const;

export type RecordAction = keyof typeof RECORD_ACTIONS;

/** Entries of the audit trail that are not changes of records; the feed does not show them. */
export const AUDIT_EVENTS = {
  'auth.login': 'Someone signed in.',
  'auth.login_failed': 'A sign-in was refused.',
  'auth.logout': 'Someone signed out.',
  'auth.refresh_reused': 'A used refresh token came back; its family was revoked.',
  'auth.password_changed': 'A password was changed.',
  'auth.password_reset': 'A forgotten password was set anew, by a link in a mail.',
  'auth.otp_enabled': 'Someone signs in with a second factor from now on.',
  'auth.otp_disabled': 'Someone signs in without a second factor again.',
  'auth.keys_rotated': 'The keys that sign access tokens were rotated.',
  'apiKey.created': 'An API key was made.',
  'apiKey.revoked': 'An API key was revoked.',
  'workspace.created': 'A workspace was made.',
  'workspace.updated': 'Settings of the workspace changed.',
  'user.invited': 'Someone was added to the workspace.',
  'user.changed': 'Name, roles or state of a user changed.',
  'user.removed': 'Someone was removed from the workspace.',
  'user.hand_over_started': 'What a user owns is being handed over.',
  'user.handed_over': 'What a user owned has another owner.',
  'role.created': 'A role was made.',
  'role.changed': 'Permissions of a role changed.',
  'role.removed': 'A role was removed.',
  'property.created': 'A custom property was defined.',
  'property.changed': 'The definition of a custom property changed.',
  'property.archived': 'A custom property was archived.',
  'assignmentRule.created': 'A rule that assigns leads was made.',
  'assignmentRule.changed': 'A rule that assigns leads changed, or its place.',
  'assignmentRule.removed': 'A rule that assigns leads was removed.',
  'slaPolicy.created': 'An SLA policy was made.',
  'slaPolicy.changed': 'An SLA policy changed, or its place.',
  'slaPolicy.removed': 'An SLA policy was removed.',
  'leadForm.created': 'A form for leads was made.',
  'leadForm.changed': 'A form for leads changed.',
  'leadForm.removed': 'A form for leads was removed.',
  'ticketStatus.changed': 'The statuses of tickets, or how they follow each other, changed.',
  'mailSettings.changed': 'How tickets are written about by e-mail changed.',
  'surveySettings.changed': 'When and how customers are asked if they are satisfied changed.',
  'consentPurpose.created': 'A purpose that contacts can agree to was made.',
  'consentPurpose.changed': 'A purpose that contacts can agree to changed.',
  'consentPurpose.removed': 'A purpose that contacts can agree to was removed.',
  'suppression.added': 'Addresses were suppressed, or for a stronger reason than before.',
  'suppression.removed': 'Addresses are not suppressed any more.',
  'exchangeRate.changed': 'Exchange rates were set or removed.',
  'import.started': 'An import began.',
  'import.completed': 'An import ended.',
  'import.cancelled': 'An import was stopped by someone.',
  'import.reverted': 'What an import did was undone.',
  'export.created': 'Records were exported.',
  'calendarFeed.created': 'Someone made a secret address of their calendar.',
  'calendarFeed.revoked': 'Someone ended the secret address of their calendar.',
  'queue.job_retried': 'A failed job was started again by hand.',
  'queue.job_removed': 'A job was removed by hand.',
} as const;

export type AuditEventType = keyof typeof AUDIT_EVENTS;
/** What happened to a record: a common action, or one of the object's own (`order.confirmed`). */
export type RecordEventType = `${RecordObject}.${string}`;
export type EventType = RecordEventType | AuditEventType;

/** Whether an event belongs to the audit trail alone. */
export function isAuditOnly(type: EventType): type is AuditEventType {
  return Object.hasOwn(AUDIT_EVENTS, type);
}
