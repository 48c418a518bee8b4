import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Application, expired, logIn, until } from './application.js';

const application = new Application();
const { site } = application;
before(async () => {
  await application.start();
  site.routes.set('/fragment', async (asked, answer) => {
    const session = await site.admit(asked, answer);
    if (!session) return;
    answer.writeHead(200, { 'content-type': 'text/html' });
    answer.end(`<b>${asked.method} of ${session.subject}</b>`);
  });
});
after(() => application.stop());

/** Opens a page of a user who has logged in before. */
async function open() {
  const first = await application.open('');
  await logIn(first, 'user1');
  const html = '<button hx-post="/fragment" hx-target="main">Post</button><main></main>';
  const page = await application.open(`import 'htmx.org'; import './htmx.js';`, html, first.context());
  return { first, page };
}

test('htmx sends the CSRF header, and one refresh cures an expired token', async () => {
  const { page } = await open();
  const shows = (text) => until(async () => (await page.textContent('main')) === text);
  await page.click('button');
  await shows('POST of user1');
  await page.evaluate(() => document.querySelector('main').replaceChildren());
  await expired();
  site.calls.length = 0;
  await page.click('button');
  await shows('POST of user1');
  assert.equal(site.count('/refresh'), 1);
});

test('a page is loaded anew for another user, and not for a refresh', async () => {
  const { first, page } = await open();
  const isOld = () => page.evaluate(() => window.isOld ?? false);
  await page.evaluate(async () => {
    window.isOld = true;
    await window.client.refresh();
    await window.client.session();
  });
  assert.ok(await isOld());
  await logIn(first, 'user2');
  await page.bringToFront();
  await until(async () => !(await isOld().catch(() => true)));
});
