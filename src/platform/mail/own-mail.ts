/** Header that all our mails carry, with the id of their workspace: it knows them when they come back. */
export const LOOP_HEADER = 'x-keel-loop';

/** Headers of every mail of ours: programs that answer by themselves are asked not to. */
export const ownMailHeaders = (workspaceId: string): Record<string, string> => ({
  [LOOP_HEADER]: workspaceId,
  'X-Auto-Response-Suppress': 'OOF, AutoReply',
});

/** The Message-ID of a mail to a user, the same each time it is sent. */
export const userMailId = (id: string, host: string): string => `<user-mail.${id}@${host}>`;

/** Whether a Message-ID is that of a mail to a user, whose answers nobody reads. */
export const isUserMailId = (messageId: string): boolean => messageId.startsWith('<user-mail.');
