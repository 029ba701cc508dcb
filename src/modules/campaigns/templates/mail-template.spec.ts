import { describe, expect, it } from '@jest/globals';
import { faultsOf, MailTemplate } from './mail-template.js';
import type { MailSource } from './mail-template.js';
import type { Names } from './placeholders.js';

const NAMES: Names = {
  contact: { firstName: true, lastName: true, tags: true, address: true, custom: { tier: true } },
  company: { name: true },
  unsubscribeUrl: true,
};

const source = (parts: Partial<MailSource>): MailSource => ({
  ...{ subject: 'Hello', html: null, text: null },
  ...parts,
});
const scope = (contact: object) => ({ contact, unsubscribeUrl: 'https://keel.example/u/1' });
const render = (parts: Partial<MailSource>, contact: object = {}) =>
  MailTemplate.of(source(parts), []).render(scope(contact), [], null);
const faults = (parts: Partial<MailSource>) => faultsOf(source(parts), NAMES, '');

const EVIL = '"><script>alert(1)</script>{{ contact.lastName }}';

describe('a mail', () => {
  it('escapes whatever a placeholder gives in HTML, and nothing in text', () => {
    const html = '<p title="{{ contact.firstName }}">{{ contact.firstName | upcase }}</p>';
    const mail = render({ html, text: '{{ contact.firstName }}' }, { firstName: EVIL });
    expect(mail.html).not.toContain('<script>');
    expect(mail.html).not.toContain('<SCRIPT>');
    expect(mail.html).toContain('&#34;&gt;&lt;script&gt;');
    expect(mail.text).toContain(EVIL);
  });

  it('does not read as a template what a contact has written', () => {
    const mail = render({ text: '{{ contact.firstName }}' }, { firstName: EVIL, lastName: 'No' });
    expect(mail.text).toContain('{{ contact.lastName }}');
  });

  it('escapes also what goes through assign, capture, append, loops and joins', () => {
    const html = `{% assign a = contact.firstName | append: "<i>" %}{{ a }}
      {% capture b %}{{ contact.firstName }}{% endcapture %}{{ b }}
      {% for tag in contact.tags %}{{ tag }}{% endfor %}{{ contact.tags | join: "<b>" }}
      {% echo contact.firstName %}{% cycle contact.firstName, "x" %}`;
    const mail = render({ html }, { firstName: EVIL, tags: ['<u>', '<s>'] });
    expect(mail.html?.replace(/<\/?(?:p|a)\b[^>]*>/g, '')).not.toMatch(/<[a-z]/i);
  });

  it('keeps a subject on one line of a bounded length', () => {
    const subject = 'A {{ contact.firstName }}';
    const firstName = `x\r\nBcc: all@example.com\n${'y'.repeat(2000)}`;
    const mail = render({ subject }, { firstName });
    expect(mail.subject).toMatch(/^A x Bcc: all@example.com y+$/);
    expect(mail.subject.length).toBeLessThanOrEqual(900);
  });

  it('says the default for what a contact lacks, and nothing without one', () => {
    const text = '{{ contact.firstName | default: "friend" }},{{ contact.address.city }}.';
    expect(render({ text }, { firstName: null, address: null }).text).toMatch(/^friend,\./);
  });

  it('gets a way to unsubscribe, unless it has one', () => {
    const mail = render({ html: '<html><body><p>Hi</p></body></html>' });
    expect(mail.html).toMatch(
      /<a href="https:\/\/keel.example\/u\/1">Unsubscribe<\/a><\/p>\s*<\/body>/,
    );
    expect(mail.text).toMatch(/^Hi\s+Unsubscribe: https:\/\/keel.example\/u\/1$/);
    const own = render({ html: '<a href="{{ unsubscribeUrl }}">Leave</a>' });
    expect(own.html).toBe('<a href="https://keel.example/u/1">Leave</a>');
  });

  it('makes text of its HTML with the placeholders filled in, not escaped', () => {
    const html =
      '<h1>News</h1><p>Dear {{ contact.firstName }},</p><p><a href="https://a.example/x">Look</a></p>';
    const { text } = render({ html }, { firstName: 'Zoë & Co' });
    expect(text).toContain('Dear Zoë & Co,');
    expect(text).toContain('Look (https://a.example/x)');
    expect(text).not.toContain('<');
  });

  it('numbers addresses that are written out, once each, and leaves all others alone', () => {
    const urls: string[] = [];
    const html =
      '<a href="https://a.example/?x=1&amp;y=2">A</a> <A class=b HREF=\'https://b.example\'>B</A> ' +
      '<a href="https://a.example/?x=1&amp;y=2">A again</a> <a href="mailto:x@y.example">M</a> ' +
      '<a href="{{ unsubscribeUrl }}">U</a> <a href="https://c.example/{{ contact.firstName }}">C</a> ' +
      '<a href="javascript:alert(1)">J</a>';
    const template = MailTemplate.of(source({ html }), urls);
    expect(urls).toEqual(['https://a.example/?x=1&y=2', 'https://b.example']);
    const links = ['https://keel.example/c/0', 'https://keel.example/c/1'];
    const mail = template.render(scope({ firstName: 'z' }), links, 'https://keel.example/o');
    expect(mail.html?.match(/https:\/\/keel.example\/c\/0/g)).toHaveLength(2);
    expect(mail.html).toContain('HREF="https://keel.example/c/1"');
    expect(mail.html).toContain('href="https://c.example/z"');
    expect(mail.html).toContain('<img src="https://keel.example/o"');
  });
});

describe('what is wrong with a template', () => {
  it('is said of each placeholder that there is not, with the one that may be meant', () => {
    const errors = faults({ html: '{{ contact.firstname }} {{ foo }} {{ contact.custom.teir }}' });
    expect(errors).toMatchObject([
      { pointer: '/html', code: 'unknownPlaceholder' },
      { pointer: '/html', code: 'unknownPlaceholder' },
      { pointer: '/html', code: 'unknownPlaceholder' },
    ]);
    const details = errors.map(({ detail }) => detail).join('\n');
    expect(details).toContain(
      'contact.firstname, which there is not; did you mean contact.firstName?',
    );
    expect(details).toContain('placeholder foo,');
    expect(details).toContain('did you mean contact.custom.tier?');
  });

  it('is nothing for what a template makes itself, and for parts of lists and addresses', () => {
    const text =
      '{% for t in contact.tags %}{{ t }}{{ forloop.index }}{% endfor %}{% assign x = 1 %}{{ x }}' +
      '{{ contact.tags.size }}{{ contact.address.city }}{{ contact.custom.tier }}';
    expect(faults({ text })).toEqual([]);
  });

  it.each([
    ['a tag that is not closed', '{% if contact.firstName %}'],
    ['a file', '{% include "/etc/passwd" %}'],
    ['another template', '{% render "x" %}'],
    ['a layout', '{% layout "x" %}'],
    ['the way around escaping', '{{ contact.firstName | raw }}'],
    ['a filter that there is not', '{{ contact.firstName | shout }}'],
  ])('is said of %s', (_what, html) => {
    expect(faults({ html })).toMatchObject([{ pointer: '/html', code: 'template' }]);
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'is said of the prototype: %s',
    (name) => {
      expect(faults({ text: `{{ contact.${name} }}` })).toHaveLength(1);
      expect(faults({ text: `{{ ${name} }}` })).toHaveLength(1);
      // What is worked out only when it is rendered finds nothing there either.
      const dynamic = `{% assign n = "${name}" %}[{{ contact[n] }}]`;
      expect(render({ text: dynamic }, { firstName: 'x' }).text).toMatch(/^\[\]/);
    },
  );
});

describe('a template that would run for long', () => {
  it.each([
    ['counts far', '{% for i in (1..1000000000) %}x{% endfor %}'],
    [
      'nests loops',
      '{% for i in (1..9999) %}{% for j in (1..9999) %}{{ j }}{% endfor %}{% endfor %}',
    ],
    [
      'doubles a text',
      `{% assign a = "xxxxxxxxxx" %}${'{% assign a = a | append: a %}'.repeat(40)}{{ a }}`,
    ],
  ])('is stopped: one that %s', (_what, text) => {
    const begun = performance.now();
    expect(() => render({ text })).toThrow();
    expect(performance.now() - begun).toBeLessThan(15_000);
  });
});
