/** What a canned reply may name; the one list, from which checks and documentation are made. */
export const PLACEHOLDERS = [
  ...['ticket.number', 'ticket.subject', 'ticket.status', 'ticket.priority', 'ticket.type'],
  ...['ticket.channel', 'ticket.createdAt', 'ticket.dueAt'],
  ...['requester.name', 'requester.firstName', 'requester.lastName', 'requester.email'],
  ...['company.name', 'agent.name', 'agent.email', 'team.name', 'workspace.name'],
];
