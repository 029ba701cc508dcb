/** What stands above the operations at `/docs`. */
export const INTRODUCTION = `
The headless CRM API. This page describes every operation and runs it: what you execute here is done.

**Sign in here.** Open *Sign-in*, execute \`POST /v1/auth/login\` with your e-mail address and
password, and go on: the page sends the token with everything you execute, renews it, and still has
it when you come back, until \`POST /v1/auth/logout\`. To use an API key instead, press *Authorize*
and paste it.

**Errors** are [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) documents. \`code\` says what kind,
\`detail\` what happened, \`errors\` which values are wrong (JSON pointers), and \`requestId\` finds
the request in the log. Each status below shows the codes it can have.

**Lists** answer \`data\` and \`page\`. Send \`page.nextCursor\` as \`cursor\` for the next page.
\`limit\` is 1 to 500. \`sort=-createdAt,lastName\` sorts by up to five fields,
\`fields=email,lastName\` leaves the others out, and \`include=company\` embeds related records.

**Filters** are parameters of lists: \`filter[lifecycleStage]=lead\`,
\`filter[createdAt][gte]=2026-01-01\`, \`filter[email][contains]=example.com\`,
\`filter[tags][has]=vip\`, \`filter[custom.tier][in]=gold,silver\`. On this page a filter is JSON:
\`{"lifecycleStage": "lead", "createdAt": {"gte": "2026-01-01"}}\`. For *or* and *not*, use the
\`search\` operation of the object.

**Safe to repeat.** A POST with an \`Idempotency-Key\` is done once: a repeat within 24 hours gets
the first answer. Writes with \`If-Match\` are refused (412) when the record has changed since, and
reads with \`If-None-Match\` answer 304 when it has not. PATCH takes a merge patch (RFC 7396), as
\`application/json\` or \`application/merge-patch+json\`: what it leaves out stays, null empties.

This description for programs: [/openapi.json](/openapi.json) (OpenAPI 3.1).
`.trim();

/** The domains in the order an operator meets them. */
export const TAGS: readonly { name: string; description: string }[] = [
  { name: 'Sign-in', description: 'Begin here: sign in, renew, sign out; passwords and codes' },
  { name: 'Contacts', description: 'People' },
  { name: 'Companies', description: 'Organisations, and how they belong together' },
  { name: 'Leads', description: 'Who may become a customer: captured, assigned, converted' },
  { name: 'Lead forms', description: 'Forms on your sites, and what came through them' },
  { name: 'Assignment rules', description: 'Who gets which new lead' },
  { name: 'Products', description: 'What is sold, at what price, and how much of it there is' },
  { name: 'Product categories', description: 'How the catalogue is sorted' },
  { name: 'Orders', description: 'What customers order, from the draft to the last payment' },
  { name: 'Pipelines', description: 'The stages that deals go through, and boards of them' },
  { name: 'Deals', description: 'Chances to sell: moved from stage to stage, won or lost' },
  { name: 'Activities', description: 'Tasks, calls, meetings, notes, e-mails; the day of a user' },
  { name: 'Calendar', description: 'Activities in the calendar program of a user' },
  {
    name: 'Tickets',
    description: 'What customers want to have dealt with, and what is said of it',
  },
  { name: 'Macros', description: 'What is often answered, and done to the ticket with it' },
  {
    name: 'SLA policies',
    description: 'What is promised to customers, and what if it is not kept',
  },
  { name: 'Ticket e-mail', description: 'Mails that become tickets, and answers that go out' },
  { name: 'Satisfaction surveys', description: 'What customers say of the answers they got' },
  { name: 'Segments', description: 'Records that belong together, picked or by a condition' },
  { name: 'Campaigns', description: 'Mails to many: written, tried, scheduled, sent, measured' },
  { name: 'Consent', description: 'What contacts agreed to, and addresses nothing is sent to' },
  { name: 'Forecast', description: 'What will be sold, by month, owner or team, and quotas' },
  { name: 'Reports', description: 'How many and how much: any question, and ready answers' },
  { name: 'Exchange rates', description: 'What one currency is worth in another, day by day' },
  { name: 'Properties', description: 'Your own properties of contacts, companies and the rest' },
  { name: 'Search', description: 'One search over everything you may read' },
  { name: 'Imports', description: 'Files in: preview, load, watch, mend, undo' },
  { name: 'Exports', description: 'Files out, written behind the request' },
  { name: 'Events', description: 'Every change, in order, for programs that follow' },
  { name: 'Audit', description: 'Who did what, and when' },
  { name: 'Users', description: 'Who works here' },
  { name: 'Teams', description: 'Who works together, and who leads them' },
  { name: 'Roles', description: 'What they may do' },
  { name: 'API keys', description: 'Credentials of programs' },
  { name: 'Workspaces', description: 'The workspace and its settings' },
  { name: 'Service', description: 'Whether Keel is well, for those who run it' },
];
