/** How campaigns are sent; tests shorten the times. */
export class SendingOptions {
  /** Milliseconds without a sign of life after which a run counts as dead. */
  lease = 10_000;
  /** Mails under way at once; how many connections carry them, `SMTP_URL` says. */
  concurrency = 20;
  /** Recipients that are claimed, and their contacts read, at a time. */
  batch = 500;
  /** Contacts that one step of the freezing looks at. */
  span = 2000;
  /** Milliseconds until each further attempt for a receiver that the server puts off. */
  retries: readonly number[] = [5000, 60_000, 600_000, 3_600_000, 4 * 3_600_000];
  /** Milliseconds until a server that cannot be reached is tried again: doubles up to the longest. */
  pause = 500;
  longestPause = 60_000;
  /** Milliseconds ahead for which a run waits itself rather than being called again. */
  patience = 2000;
  /** Folder of the journals; see OutgoingJournal. Absent: one of this user below the system's. */
  journals?: string;
}
