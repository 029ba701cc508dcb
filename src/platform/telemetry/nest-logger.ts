import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Parts of Nest that tell of each module and route while a process starts. */
const START_UP = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer']);

/**
 * Lets Nest, and all that logs with Nest's `Logger`, write to the process's logger. Keel's own code
 * calls `logger.warn({ facts }, 'What happened')`; Nest adds its context as the last argument.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const isStartUp = START_UP.has(rest.at(-1) as string);
    this.write(isStartUp ? 'debug' : 'info', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  private write(level: Level, message: unknown, rest: unknown[]): void {
    const texts = rest.filter((part) => typeof part === 'string');
    // Nest passes a stack as text between the message and the context.
    const stack = texts.find((text) => text.includes('\n    at '));
    const others = texts.filter((text) => text !== stack);
    const context = others.pop();
    const facts: Record<string, unknown> = { context, stack };
    for (const part of [message, ...rest]) {
      if (part instanceof Error) facts['error'] = part;
      else if (typeof part === 'object' && part !== null) Object.assign(facts, part);
    }
    const text = typeof message === 'string' ? message : others.shift();
    this.logger[level](facts, text ?? (facts['error'] as Error | undefined)?.message ?? '');
  }
}
