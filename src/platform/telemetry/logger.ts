import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import type { Config } from '../../config/config.js';
import { redact, redactText } from './redact.js';

/**
 * The logger of a process: one JSON object a line on stdout, without secrets and personal data.
 * @param program what the process is: `api`, `worker`.
 */
export function createLogger(
  { logLevel }: Pick<Config, 'logLevel'>,
  program: string,
  destination: DestinationStream = pino.destination({ dest: 1, sync: false }),
): Logger {
  return pino(
    {
      level: logLevel,
      base: { program, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      errorKey: 'error',
      formatters: {
        level: (label) => ({ level: label }),
        log: (facts) => redact(facts) as Record<string, unknown>,
      },
      // Errors are described by then.
      serializers: { error: (error: unknown) => error, err: (error: unknown) => error },
      hooks: {
        logMethod(args, method) {
          const clean = args.map((arg: unknown) =>
            typeof arg === 'string' ? redactText(arg) : arg,
          );
          method.apply(this, clean as Parameters<typeof method>);
        },
      },
    },
    destination,
  );
}
