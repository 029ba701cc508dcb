import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import ICAL from 'ical.js';
import { ActivityReminders } from '../../src/modules/activities/index.js';
import { startWorker } from '../support/imports.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** The activities of a sales team, as they are planned, done, repeated and looked back at. */
let server: TestServer;
let anna: Client;
let contact: { id: string };
let company: { id: string };

beforeAll(async () => {
  server = await startServer();
  anna = await server.createWorkspace('Sales');
  company = await make('/v1/companies', { name: 'Around the Horn' });
  contact = await make('/v1/contacts', { lastName: 'Hardy', companyId: company.id });
});

afterAll(() => server.close());

const make = async (path: string, body: object, by = anna) =>
  (await by.expect(201, 'POST', path, body)).body;

const deed = async (activity: { id: string }, name: string, body: object = {}) =>
  (await anna.expect(200, 'POST', `/v1/activities/${activity.id}/${name}`, body)).body;

const link = ({ id }: { id: string }, object = 'contact') => ({ object, recordId: id });
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

const subjects = async (path: string): Promise<string[]> =>
  (await anna.expect(200, 'GET', path)).body.data.map(
    ({ subject }: { subject: string }) => subject,
  );

describe('an activity', () => {
  test('is made with what it is about, found by it, done, and reopened', async () => {
    const call = await make('/v1/activities', {
      ...{ type: 'call', subject: 'Ask about the offer', direction: 'outbound' },
      ...{ dueAt: '2026-11-23T09:00:00.000Z', links: [link(contact), link(company, 'company')] },
    });
    expect(call).toMatchObject({
      ...{ status: 'open', priority: 'normal', scheduledAt: '2026-11-23T09:00:00.000Z' },
      ...{ ownerId: anna.userId, completedAt: null, recurrence: null, seriesId: null },
    });
    for (const { id } of [contact, company]) {
      const path = `/v1/activities?filter[links.recordId]=${id}&filter[status]=open`;
      expect(await subjects(path)).toEqual(['Ask about the offer']);
    }
    const done = await deed(call, 'complete', { result: 'They take it' });
    expect(done).toMatchObject({
      ...{ status: 'done', result: 'They take it', completedBy: anna.userId, nextId: null },
    });
    const { body } = await anna.expect(409, 'POST', `/v1/activities/${call.id}/complete`, {});
    expect([body.currentStatus, body.allowed]).toEqual(['done', ['reopen']]);
    expect(await deed(call, 'reopen')).toMatchObject({ status: 'open', completedAt: null });
    expect(await deed(call, 'cancel', { reason: 'Too late' })).toMatchObject({
      status: 'cancelled',
    });
    const path = `/v1/activities/${call.id}/timeline`;
    const { data } = (await anna.expect(200, 'GET', path)).body;
    expect(data.map(({ type }: { type: string }) => type)).toEqual([
      ...['activity.cancelled', 'activity.reopened', 'activity.completed', 'activity.created'],
    ]);
    expect(data[0].changes.reason).toBe('Too late');
  });

  test('changes its status by deeds alone, and may begin as done', async () => {
    const note = await make('/v1/activities', { type: 'note', subject: 'Likes tea' });
    expect(note).toMatchObject({ status: 'done', completedBy: anna.userId });
    const held = { type: 'meeting', subject: 'Held', status: 'done' };
    const past = { startAt: '2026-03-02T09:00:00.000Z', durationMinutes: 90 };
    expect(await make('/v1/activities', { ...held, ...past })).toMatchObject({
      ...{ completedAt: '2026-03-02T10:30:00.000Z', endAt: '2026-03-02T10:30:00.000Z' },
    });
    const { body } = await anna.expect(422, 'PATCH', `/v1/activities/${note.id}`, {
      status: 'open',
    });
    expect(body.errors[0]).toMatchObject({ pointer: '/status', code: 'deed' });
    await anna.expect(422, 'POST', '/v1/activities', {
      ...{ type: 'task', subject: 'x', completedAt: inDays(0) },
    });
  });

  test('keeps start, end and duration in step, and days free of zones', async () => {
    const meeting = await make('/v1/activities', {
      ...{ type: 'meeting', subject: 'Demo', startAt: '2026-12-01T09:00:00.000Z' },
      ...{ endAt: '2026-12-01T10:00:00.000Z' },
    });
    expect(meeting.durationMinutes).toBe(60);
    const patch = async (change: object) =>
      (await anna.expect(200, 'PATCH', `/v1/activities/${meeting.id}`, change)).body;
    expect((await patch({ startAt: '2026-12-02T14:00:00.000Z' })).endAt).toBe(
      '2026-12-02T15:00:00.000Z',
    );
    expect((await patch({ durationMinutes: 30 })).endAt).toBe('2026-12-02T14:30:00.000Z');
    expect((await patch({ endAt: '2026-12-02T16:00:00.000Z' })).durationMinutes).toBe(120);
    const { body } = await anna.expect(422, 'PATCH', `/v1/activities/${meeting.id}`, {
      endAt: '2026-12-02T13:00:00.000Z',
    });
    expect(body.errors[0].pointer).toBe('/endAt');
    const fair = await make('/v1/activities', {
      ...{ type: 'meeting', subject: 'Fair', allDay: true, startAt: '2026-12-01T23:00:00.000Z' },
      ...{ endAt: '2026-12-03T09:00:00.000Z' },
    });
    expect([fair.startAt, fair.endAt]).toEqual([
      ...['2026-12-01T00:00:00.000Z', '2026-12-03T00:00:00.000Z'],
    ]);
  });

  test('links contacts who take part, and names who cannot be told', async () => {
    const body = { type: 'meeting', subject: 'Kick-off', startAt: inDays(3) };
    const participants = [
      { contactId: contact.id },
      { userId: anna.userId },
      { email: 'Guest@X.example', name: 'Guest' },
    ];
    const meeting = await make('/v1/activities', {
      ...{ ...body, participants, links: [link(contact), link(company, 'company'), link(contact)] },
    });
    expect(meeting.links.map(({ object }: { object: string }) => object)).toEqual([
      ...['contact', 'company'],
    ]);
    expect(meeting.participants[2]).toMatchObject({
      ...{ email: 'guest@x.example', response: 'needsAction', userId: null },
    });
    const path = `/v1/activities?filter[participants.userId]=${anna.userId}`;
    expect(await subjects(path)).toEqual(['Kick-off']);
    const refused = await anna.expect(422, 'POST', '/v1/activities', {
      ...{ ...body, participants: [{ name: 'Nobody' }] },
    });
    expect(refused.body.errors[0].pointer).toBe('/participants/0');
  });

  test('cannot be linked to what is not there, elsewhere, or out of reach: all the same', async () => {
    const other = await server.createWorkspace('Other');
    const foreign = await make('/v1/contacts', { lastName: 'Foreign' }, other);
    const gone = await make('/v1/contacts', { lastName: 'Gone' });
    await anna.expect(204, 'DELETE', `/v1/contacts/${gone.id}`);
    await make('/v1/roles', { name: 'Own only', permissions: ['activity:*', 'contact:*:own'] });
    const rep = await server.createUser('Own only', anna);
    const answer = async (by: Client, id: string, object = 'contact') => {
      const body = { type: 'task', subject: 'x', links: [{ object, recordId: id }] };
      const { status, body: problem } = await by.api('POST', '/v1/activities', body);
      return [status, JSON.stringify(problem.errors).replaceAll(id, 'id')];
    };
    const nowhere = await answer(anna, '01900000-0000-7000-8000-000000000000');
    expect(nowhere[0]).toBe(422);
    expect(await answer(anna, foreign.id)).toEqual(nowhere);
    expect(await answer(anna, gone.id)).toEqual(nowhere);
    expect(await answer(anna, company.id)).toEqual(nowhere);
    expect(await answer(rep, contact.id)).toEqual(nowhere);
    const batch = { operation: 'create', records: [] as object[] };
    for (const { id } of [contact, foreign]) {
      batch.records.push({ type: 'task', subject: 'Batch', links: [link({ id })] });
    }
    const { body } = await anna.expect(207, 'POST', '/v1/activities/batch', batch);
    expect(body.results.map(({ status }: { status: number }) => status)).toEqual([201, 422]);
    // What could be linked once may go on being linked: a change of something else is no new link.
    const linked = await make('/v1/contacts', { lastName: 'Leaves' });
    const task = await make('/v1/activities', {
      ...{ type: 'task', subject: 'Keep', links: [link(linked)] },
    });
    await anna.expect(204, 'DELETE', `/v1/contacts/${linked.id}?purge=true`);
    const links = task.links as object[];
    await anna.expect(200, 'PATCH', `/v1/activities/${task.id}`, { priority: 'high', links });
  });

  test('shows on the timelines of what it is linked to, page by page, and follows a merge', async () => {
    const twin = await make('/v1/contacts', { lastName: 'Hardy' });
    const keeper = await make('/v1/contacts', { lastName: 'Hardy' });
    const task = await make('/v1/activities', { type: 'task', subject: 'First' });
    await anna.expect(200, 'PATCH', `/v1/activities/${task.id}`, { links: [link(twin)] });
    await anna.expect(200, 'PATCH', `/v1/activities/${task.id}`, { subject: 'Renamed' });
    await deed(task, 'complete');
    const records = ['A', 'B', 'C'].map((subject) => {
      return { type: 'task', subject, links: [link(twin)] };
    });
    await anna.expect(200, 'POST', '/v1/activities/batch', { operation: 'create', records });
    const entries: { type: string; about: { id: string; title: string } | null }[] = [];
    let path: string | null = `/v1/contacts/${twin.id}/timeline?limit=2`;
    while (path) {
      const { body } = await anna.expect(200, 'GET', path);
      entries.push(...body.data);
      const { nextCursor } = body.page;
      path = nextCursor
        ? `/v1/contacts/${twin.id}/timeline?limit=2&cursor=${String(nextCursor)}`
        : null;
    }
    expect(entries.map(({ type }) => type)).toEqual([
      ...['activity.created', 'activity.created', 'activity.created'],
      ...['activity.completed', 'activity.updated', 'contact.created'],
    ]);
    expect(entries.slice(0, 3).map(({ about }) => about?.title)).toEqual(['C', 'B', 'A']);
    expect(entries[3]?.about).toEqual({ object: 'activity', id: task.id, title: 'Renamed' });
    expect(entries.at(-1)?.about).toBeNull();
    const merge = { duplicateIds: [twin.id] };
    const { body } = await anna.expect(200, 'POST', `/v1/contacts/${keeper.id}/merge`, merge);
    expect(body.moved.activities).toBe(4);
    const found = `/v1/activities?filter[links.recordId]=${keeper.id}&sort=createdAt`;
    expect(await subjects(found)).toEqual(['Renamed', 'A', 'B', 'C']);
    const moved = await anna.expect(200, 'GET', `/v1/activities/${task.id}`);
    expect(moved.body.links[0]).toMatchObject(link(keeper));
  });

  test('is on no timeline for who may not read it', async () => {
    const shared = await make('/v1/contacts', { lastName: 'Shared' });
    await make('/v1/activities', { type: 'note', subject: 'Secret', links: [link(shared)] });
    await make('/v1/roles', { name: 'Contacts only', permissions: ['contact:read'] });
    await make('/v1/roles', { name: 'Own day', permissions: ['contact:read', 'activity:*:own'] });
    for (const role of ['Contacts only', 'Own day']) {
      const reader = await server.createUser(role, anna);
      const { text } = await reader.expect(200, 'GET', `/v1/contacts/${shared.id}/timeline`);
      expect(text).not.toContain('Secret');
      expect(text).not.toContain('activity.');
    }
  });
});

describe('a recurring activity', () => {
  test('is followed by its next when it is done, exactly once', async () => {
    const task = await make('/v1/activities', {
      ...{ type: 'task', subject: 'Weekly report', dueAt: '2099-03-23T08:00:00.000Z' },
      ...{ reminderAt: '2099-03-23T07:30:00.000Z', timeZone: 'Europe/Berlin' },
      ...{ recurrence: 'rrule:freq=weekly;count=3', tags: ['report'], links: [link(contact)] },
      participants: [{ userId: anna.userId, response: 'accepted' }],
    });
    expect(task).toMatchObject({ recurrence: 'FREQ=WEEKLY;COUNT=3', seriesId: task.id });
    const both = await Promise.all(
      [1, 2].map(() => anna.api('POST', `/v1/activities/${task.id}/complete`, {})),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const { nextId } = both.find(({ status }) => status === 200)?.body as { nextId: string };
    const { body: next } = await anna.expect(200, 'GET', `/v1/activities/${nextId}`);
    // The clocks were put forward in between: nine in Berlin is an hour earlier.
    expect(next).toMatchObject({
      ...{ dueAt: '2099-03-30T07:00:00.000Z', reminderAt: '2099-03-30T06:30:00.000Z' },
      ...{ status: 'open', seriesId: task.id, tags: ['report'], nextId: null },
      ...{ links: task.links, participants: [{ response: 'needsAction' }] },
    });
    // Reopened and done again, it does not make another.
    await deed(task, 'reopen');
    expect((await deed(task, 'complete')).nextId).toBe(nextId);
    const last = await deed(await deed({ id: nextId }, 'complete'), 'reopen');
    const third = (await anna.expect(200, 'GET', `/v1/activities/${last.nextId}`)).body;
    expect(third.dueAt).toBe('2099-04-06T07:00:00.000Z');
    expect((await deed(third, 'complete')).nextId).toBeNull();
    const series = `/v1/activities?filter[seriesId]=${task.id}`;
    expect(await subjects(series)).toHaveLength(3);
  });

  test('does not make up for days that have passed', async () => {
    const task = await make('/v1/activities', {
      ...{ type: 'task', subject: 'Water the plants', allDay: true, timeZone: 'UTC' },
      ...{ dueAt: '2026-01-01T00:00:00.000Z', recurrence: 'FREQ=DAILY' },
    });
    const { nextId } = await deed(task, 'complete');
    const { body: next } = await anna.expect(200, 'GET', `/v1/activities/${nextId}`);
    expect(next.dueAt.slice(0, 10)).toBe(new Date().toISOString().slice(0, 10));
  });

  test.each([
    ['FREQ=HOURLY', 'FREQ'],
    ['FREQ=WEEKLY;BYDAY=XX', 'BYDAY'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20991231', 'COUNT or UNTIL'],
    ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', 'does not take'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'never'],
    ['every monday', 'FREQ=WEEKLY;BYDAY=MO'],
  ])('is refused for the rule %s', async (recurrence, told) => {
    const body = { type: 'task', subject: 'x', dueAt: inDays(1), recurrence };
    const { body: problem } = await anna.expect(422, 'POST', '/v1/activities', body);
    expect(problem.errors[0]).toMatchObject({ pointer: '/recurrence', code: 'recurrence' });
    expect(problem.errors[0].detail).toContain(told);
  });
});

describe('the day of a user', () => {
  let ben: Client;
  const agendaOf = async (by: Client, query = '') =>
    (await by.expect(200, 'GET', `/v1/activities/agenda${query}`)).body;
  const namesIn = (list: { subject: string }[]) => list.map(({ subject }) => subject);

  beforeAll(async () => {
    ben = await server.createUser('member', anna);
    await ben.expect(200, 'PATCH', `/v1/users/${ben.userId}`, { timeZone: 'America/New_York' });
    const plan: [string, object][] = [
      ['Late', { dueAt: '2026-11-20T15:00:00.000Z' }],
      ['Later', { dueAt: '2026-11-21T15:00:00.000Z' }],
      ['Late day', { dueAt: '2026-11-21T00:00:00.000Z', allDay: true }],
      // Ten in the evening in New York is tomorrow in UTC.
      ['Tonight', { dueAt: '2026-11-23T03:00:00.000Z' }],
      ['Today', { dueAt: '2026-11-22T00:00:00.000Z', allDay: true }],
      ['Tomorrow', { dueAt: '2026-11-23T00:00:00.000Z', allDay: true }],
      ['Next month', { dueAt: '2026-12-23T12:00:00.000Z' }],
      ['Some day', {}],
      ['Done', { dueAt: '2026-11-22T15:00:00.000Z', status: 'done' }],
    ];
    for (const [subject, times] of plan) {
      await make('/v1/activities', { type: 'task', subject, ...times }, ben);
    }
    const fair = { startAt: '2026-11-20T00:00:00.000Z', endAt: '2026-11-23T00:00:00.000Z' };
    const invited = { type: 'meeting', allDay: true, ...fair };
    for (const [subject, response] of [
      ['Fair', 'accepted'],
      ['Declined', 'declined'],
    ]) {
      const participants = [{ userId: ben.userId, response }];
      await make('/v1/activities', { ...invited, subject, participants });
    }
  });

  test('is what is late, today, to come and without a time, on the clock of the user', async () => {
    const agenda = await agendaOf(ben, '?date=2026-11-22&days=7');
    expect(agenda).toMatchObject({
      ...{ userId: ben.userId, date: '2026-11-22', days: 7, timeZone: 'America/New_York' },
      counts: { overdue: 3, today: 3, upcoming: 1, undated: 1 },
    });
    expect(namesIn(agenda.overdue)).toEqual(['Later', 'Late day', 'Late']);
    expect(namesIn(agenda.today)).toEqual(['Fair', 'Today', 'Tonight']);
    expect(namesIn(agenda.upcoming)).toEqual(['Tomorrow']);
    expect(namesIn(agenda.undated)).toEqual(['Some day']);
    const short = await agendaOf(ben, '?date=2026-11-22&days=1&limit=1');
    expect([namesIn(short.overdue), short.upcoming, short.counts.overdue]).toEqual([
      ...[['Later'], [], 3],
    ]);
  });

  test('follows every change, and can be looked at by who may', async () => {
    const path = `?date=2026-11-22&userId=${ben.userId}`;
    const { overdue } = await agendaOf(anna, path);
    await deed(overdue[0], 'complete');
    await anna.expect(204, 'DELETE', `/v1/activities/${overdue[1].id}`);
    await anna.expect(200, 'PATCH', `/v1/activities/${overdue[2].id}`, { ownerId: anna.userId });
    expect((await agendaOf(anna, path)).counts.overdue).toBe(0);
    await anna.expect(200, 'POST', `/v1/activities/${overdue[1].id}/restore`);
    expect((await agendaOf(anna, path)).counts.overdue).toBe(1);
    await make('/v1/roles', { name: 'Mine', permissions: ['activity:*:own'] });
    const carl = await server.createUser('Mine', anna);
    await carl.expect(403, 'GET', `/v1/activities/agenda?userId=${ben.userId}`);
    await make('/v1/activities', {
      ...{ type: 'task', subject: 'Not his', participants: [{ userId: carl.userId }] },
    });
    expect((await agendaOf(carl)).counts.undated).toBe(0);
    await anna.expect(404, 'GET', `/v1/activities/agenda?userId=${contact.id}`);
    for (const bad of ['date=today', 'days=32', 'limit=0']) {
      await anna.expect(400, 'GET', `/v1/activities/agenda?${bad}`);
    }
    const { body } = await anna.expect(200, 'GET', `/v1/users/${ben.userId}/workload`);
    expect(body.work.activities.open).toBeGreaterThan(3);
  });
});

describe('a reminder', () => {
  let worker: INestApplicationContext;

  beforeAll(async () => {
    worker = await startWorker(server.config);
    worker.get(ActivityReminders).start();
  });

  afterAll(() => worker.close());

  const firedOf = async ({ id }: { id: string }): Promise<{ type: string }[]> => {
    const { body } = await anna.expect(200, 'GET', `/v1/activities/${id}/timeline`);
    return body.data.filter(({ type }: { type: string }) => type === 'activity.reminder');
  };
  const remind = (subject: string, reminderAt: string | null) =>
    make('/v1/activities', { type: 'task', subject, reminderAt });
  const soon = () => new Date(Date.now() + 1500).toISOString();

  test('fires once at its time, where it was moved to, and not when all is done', async () => {
    const [kept, moved, done, binned, past] = [
      await remind('Kept', soon()),
      await remind('Moved', inDays(1)),
      await remind('Done', soon()),
      await remind('Binned', soon()),
      await remind('Past', inDays(-1)),
    ];
    const reminderAt = soon();
    await anna.expect(200, 'PATCH', `/v1/activities/${moved.id}`, { reminderAt });
    await deed(done, 'complete');
    await anna.expect(204, 'DELETE', `/v1/activities/${binned.id}`);
    await new Promise((resolve) => setTimeout(resolve, 4500));
    expect([await firedOf(kept), await firedOf(moved)]).toMatchObject([
      [{ changes: { subject: 'Kept', ownerId: anna.userId } }],
      [{ changes: { subject: 'Moved', reminderAt } }],
    ]);
    await anna.expect(200, 'POST', `/v1/activities/${binned.id}/restore`);
    await deed(done, 'reopen');
    await anna.expect(200, 'PATCH', `/v1/activities/${kept.id}`, { priority: 'high' });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const others = [done, binned, past].map((activity) => firedOf(activity));
    expect((await Promise.all(others)).flat()).toEqual([]);
    expect(await firedOf(kept)).toHaveLength(1);
    const { body } = await anna.expect(200, 'GET', '/v1/events?types=activity.reminder&limit=100');
    expect(body.data).toHaveLength(2);
  });
});

describe('the calendar of a user', () => {
  const FEED = '/v1/activities/calendar-feed';
  const read = async (path: string, headers: Record<string, string> = {}) => {
    const reply = await anna.with({ token: null }).api('GET', path, undefined, headers);
    return reply;
  };
  const eventsIn = (text: string) => {
    const calendar = new ICAL.Component(ICAL.parse(text) as string);
    return calendar.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event));
  };

  test('is valid, escaped, in the right days, and says when it has not changed', async () => {
    const dora = await server.createUser('member', anna);
    const subject = 'Müller; "Demo", part 1 '.repeat(6).trim();
    const meeting = { type: 'meeting', subject, location: 'Room 1, left', body: 'a\nb' };
    const startAt = new Date(Math.floor(Date.now() / 60_000) * 60_000 + 86_400_000).toISOString();
    await make('/v1/activities', { ...meeting, startAt, durationMinutes: 45 }, dora);
    const day = inDays(2).slice(0, 10);
    const whole = { type: 'task', subject: 'Whole day', allDay: true };
    await make('/v1/activities', { ...whole, dueAt: `${day}T00:00:00.000Z` }, dora);
    const weekly = { type: 'task', subject: 'Weekly', dueAt: startAt, recurrence: 'FREQ=WEEKLY' };
    await make('/v1/activities', weekly, dora);
    await make('/v1/activities', { type: 'task', subject: 'Far', dueAt: inDays(500) }, dora);
    await make('/v1/activities', { type: 'task', subject: 'Not hers', dueAt: startAt });
    expect((await dora.expect(200, 'GET', FEED)).body).toEqual({ createdAt: null });
    const { path } = (await dora.expect(201, 'POST', FEED)).body;
    const { status, text, headers } = await read(path);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/calendar; charset=utf-8']);
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThan(76);
    expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true);
    const events = eventsIn(text);
    const [demo] = events.filter((event) => event.summary === subject);
    expect([demo?.location, demo?.description]).toEqual(['Room 1, left', 'a\nb']);
    expect(demo?.startDate.toJSDate().toISOString()).toBe(startAt);
    expect(demo?.duration.toSeconds()).toBe(45 * 60);
    const [task] = events.filter((event) => event.summary === 'Whole day');
    expect([task?.startDate.isDate, task?.startDate.toString()]).toEqual([true, day]);
    expect(task?.duration.toSeconds()).toBe(86_400);
    expect(events.filter(({ summary }) => summary === 'Weekly').length).toBeGreaterThan(50);
    expect(events.filter(({ summary }) => /Far|Not hers/.test(summary))).toEqual([]);
    expect(new Set(events.map(({ uid }) => uid)).size).toBe(events.length);
    const etag = headers.get('etag') as string;
    expect((await read(path, { 'if-none-match': etag })).status).toBe(304);
  });

  test('ends with its address, when that is made anew or revoked, and with its user', async () => {
    const emil = await server.createUser('member', anna);
    const first = (await emil.expect(201, 'POST', FEED)).body.path as string;
    const second = (await emil.expect(201, 'POST', FEED)).body.path as string;
    expect([(await read(first)).status, (await read(second)).status]).toEqual([404, 200]);
    await emil.expect(204, 'DELETE', FEED);
    expect((await read(second)).status).toBe(404);
    const third = (await emil.expect(201, 'POST', FEED)).body.path as string;
    expect((await read(third)).headers.get('ratelimit-policy')).toContain('calendar');
    await anna.expect(200, 'PATCH', `/v1/users/${emil.userId}`, { status: 'deactivated' });
    expect((await read(third)).status).toBe(404);
    expect((await read('/v1/calendar/made-up.ics')).status).toBe(404);
  });
});
