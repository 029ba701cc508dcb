import { describe, expect, test } from '@jest/globals';
import { Logger as NestFacade } from '@nestjs/common';
import { createLogger } from './logger.js';
import { NestLogger } from './nest-logger.js';

function listen(level: 'info' | 'trace' = 'info') {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { lines, logger: createLogger({ logLevel: level }, 'test', destination) };
}

describe('what is logged', () => {
  test('is one JSON object with time, level, program and facts', () => {
    const { lines, logger } = listen();
    logger.info({ jobs: 3 }, 'Done');
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        program: 'test',
        pid: process.pid,
        jobs: 3,
        msg: 'Done',
      },
    ]);
  });

  test('holds no value of a member that is named like a secret or personal data', () => {
    const { lines, logger } = listen();
    const facts = {
      headers: {
        authorization: 'Bearer abc',
        cookie: 'a=b',
        'x-api-key': 'k',
        accept: 'text/html',
      },
      user: { email: 'ada@example.org', password: 'hunter2', phone: '0123', name: 'Ada' },
      body: [{ refreshToken: 'r', clientSecret: 's', otp: '123456', mobile: { number: '1' } }],
      tokens: 3,
    };
    logger.info(facts);
    expect(lines[0]).toMatchObject({
      headers: {
        authorization: '[redacted]',
        cookie: '[redacted]',
        'x-api-key': '[redacted]',
        accept: 'text/html',
      },
      user: { email: '[redacted]', password: '[redacted]', phone: '[redacted]', name: 'Ada' },
      body: [
        {
          refreshToken: '[redacted]',
          clientSecret: '[redacted]',
          otp: '[redacted]',
          mobile: '[redacted]',
        },
      ],
      tokens: 3,
    });
  });

  test('holds no address, number, token or password that stands in a text', () => {
    const { lines, logger } = listen();
    const text =
      'ada.lovelace+crm@example.co.uk called from +44 20 7946 0958 with Bearer eyJhbGciOi.x.y, ' +
      'keel_abcdefgh12345 and postgres://keel:sesame@db:5432/keel';
    logger.info({ note: text }, text);
    for (const shown of [lines[0]?.['note'], lines[0]?.['msg']]) {
      expect(shown).toBe(
        '[email] called from [phone] with Bearer [redacted], ' +
          '[redacted] and postgres://keel:[redacted]@db:5432/keel',
      );
    }
  });

  test('tells of an error its kind, message, stack and cause, but not the rows it quotes', () => {
    const { lines, logger } = listen();
    const cause = Object.assign(new Error('duplicate key value'), {
      code: '23505',
      constraint: 'contacts_email_unique',
      detail: 'Key (email)=(ada@example.org) already exists.',
    });
    logger.error({ error: new TypeError('No room for ada@example.org', { cause }) }, 'Failed');
    const error = lines[0]?.['error'] as Record<string, Record<string, unknown>>;
    expect(error).toMatchObject({
      type: 'TypeError',
      message: 'No room for [email]',
      stack: expect.stringContaining('logger.spec'),
      cause: { code: '23505', constraint: 'contacts_email_unique' },
    });
    expect(JSON.stringify(lines)).not.toContain('ada@');
  });

  test('ends where an object refers to itself or grows without end', () => {
    const { lines, logger } = listen();
    const loop: Record<string, unknown> = { list: Array.from({ length: 1000 }, (_, i) => i) };
    loop['self'] = loop;
    logger.info({ loop });
    expect(JSON.stringify(lines[0]).length).toBeLessThan(5000);
  });

  test('below the level costs nothing and is not written', () => {
    const { lines, logger } = listen();
    logger.debug({ expensive: 1 });
    expect(lines).toEqual([]);
  });
});

describe('Nest’s logger', () => {
  function facade() {
    const { lines, logger } = listen('trace');
    const nest = new NestFacade('orders');
    NestFacade.overrideLogger(new NestLogger(logger));
    return { lines, nest };
  }

  test('keeps the context, and the facts given with a message', () => {
    const { lines, nest } = facade();
    nest.warn({ job: 'greet' }, 'Job failed');
    nest.log('Started');
    expect(lines).toMatchObject([
      { level: 'warn', context: 'orders', job: 'greet', msg: 'Job failed' },
      { level: 'info', context: 'orders', msg: 'Started' },
    ]);
  });

  test('does not tell of each part that starts unless asked for details', () => {
    const { lines, nest } = facade();
    NestFacade.log('ConfigModule dependencies initialized', 'InstanceLoader');
    nest.log('ready');
    expect(lines.map(({ level }) => level)).toEqual(['debug', 'info']);
  });

  test('tells an error and its stack, however it is given', () => {
    const { lines, nest } = facade();
    const error = new Error('broken');
    nest.error(error);
    nest.error({ error }, 'It broke');
    nest.error('It broke', error.stack);
    expect(lines).toMatchObject([
      { level: 'error', context: 'orders', error: { message: 'broken' }, msg: 'broken' },
      { level: 'error', context: 'orders', error: { message: 'broken' }, msg: 'It broke' },
      { level: 'error', context: 'orders', msg: 'It broke', stack: expect.stringContaining('at ') },
    ]);
  });
});
