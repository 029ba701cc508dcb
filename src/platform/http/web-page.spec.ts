import { expect, test } from '@jest/globals';
import { html, prefersPage, webPage } from './web-page.js';

test('what is filled in is text, however often it is passed on', () => {
  const hostile = `<script>alert("1")</script>' onload=x&`;
  const item = html`<li>${hostile}</li>`;
  const list = html`<ul title="${hostile}"></ul>`;
  expect(list.source + html`${[item, item]}${null}${3}`.source).toBe(
    '<ul title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39; onload=x&amp;"></ul>' +
      `${item.source}${item.source}3`,
  );
  expect(item.source).not.toContain('<script>');
});

test('pages load nothing, run nothing, are framed and kept by nobody', () => {
  const page = webPage('Ö <b>', html`<p>Text</p>`, { lang: 'de', status: 410 });
  expect(page.status).toBe(410);
  expect(page.body).toContain('<title>Ö &lt;b&gt;</title>');
  expect(page.body).toContain('<html lang="de">');
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy':
      "default-src 'none';style-src 'unsafe-inline';form-action 'self';frame-ancestors 'none';base-uri 'none'",
    'referrer-policy': 'no-referrer',
  });
});

test.each([
  [undefined, false],
  ['*/*', false],
  ['application/json', false],
  ['application/json, text/html', false],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
])('Accept: %s prefers a page: %s', (accept, expected) => {
  expect(prefersPage(accept)).toBe(expected);
});
