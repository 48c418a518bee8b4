// A page on one host and its service on another: the example `cross-origin`, with the client instead of its own page.
// Over plain HTTP, where pages have no locks.

import { randomBytes } from 'node:crypto';
import { expired, logIn, logOut, open, page, request, state, until } from '../application.mjs';

export default async function crossOrigin({ browser, rows, newApplication, newService }) {
  const [pages, api] = [await newApplication(), await newApplication()];
  pages.base = `http://app.example.test:${pages.port}`;
  api.base = `http://api.example.test:${api.port}`;
  pages.serve('/application', 'text/html', page(`{ baseUrl: ${JSON.stringify(api.base)} }`));
  const service = await newService({
    name: 'cross-origin',
    settings: {
      JWT_SECRET_KEY: randomBytes(32).toString('hex'),
      API_ORIGIN: api.base,
      PAGE_ORIGIN: pages.base,
      PAGE_PORT: '0',
      HANDSTAMP_DANGER_PLAIN_HTTP: 'true',
    },
  });
  api.lead(service.base);
  const url = (path) => api.base + path;
  const post = (tab) => request(tab, 'POST', url('/posts'), { title: 'one' });

  const context = await browser.newContext();
  const tab = await open(context, pages);
  rows.check('a page on another host learns that no one is logged in', (await state(tab)).state === 'out', await state(tab));
  await logIn(tab, 'user1');
  rows.check('a log-in is known', (await state(tab)).subject === 'user1', await state(tab));
  rows.check('the page reads no cookie', (await tab.evaluate(() => document.cookie)) === '', await context.cookies());
  let posted = await post(tab);
  rows.check('a post has the CSRF value of an answer', posted === 200, posted);
  rows.check('all that without a refresh', api.count('/refresh') === 0, api.calls);

  await tab.reload();
  await tab.waitForFunction(() => window.isReady);
  posted = await post(tab);
  rows.check('after a reload it is in, and posts', posted === 200, [posted, await state(tab)]);

  await expired(tab, url('/session'));
  let refreshes = api.count('/refresh');
  posted = await post(tab);
  rows.check('with an expired token it posts', posted === 200, posted);
  rows.check('by one refresh', api.count('/refresh') === refreshes + 1, api.calls);

  await expired(tab, url('/session'));
  refreshes = api.count('/refresh');
  await tab.reload();
  await tab.waitForFunction(() => window.isReady);
  rows.check('after a reload with an expired token it is in', (await state(tab)).subject === 'user1', await state(tab));
  rows.check('by one refresh as well', api.count('/refresh') === refreshes + 1, api.calls);

  const five = [tab];
  while (five.length < 5) five.push(await open(context, pages));
  await expired(tab, url('/session'));
  refreshes = api.count('/refresh');
  const answers = await Promise.all(five.map(post));
  rows.check('five tabs without locks at expiry: all post', answers.every((status) => status === 200), answers);
  refreshes = api.count('/refresh') - refreshes;
  rows.check('by at most one refresh of each', refreshes <= 5, refreshes);
  console.log(`# five tabs without locks: ${refreshes} refreshes`);

  // Not by the client of the second tab, which would tell the first one.
  const other = five[1];
  await other.evaluate(async (login) => {
    const body = JSON.stringify({ username: 'user2', password: 'password2' });
    const headers = { 'content-type': 'application/json' };
    await fetch(login, { method: 'POST', headers, body, credentials: 'include' });
  }, url('/login'));
  posted = await post(tab);
  rows.check('it posts nothing as another user who has logged in meanwhile', posted === 'user_changed', posted);
  rows.check('and learns who is logged in', (await state(tab)).subject === 'user2', await state(tab));

  await logOut(tab);
  rows.check('a log-out is done', (await state(tab)).state === 'out', await state(tab));
  rows.check('and leaves no cookie', (await context.cookies()).length === 0, await context.cookies());
  rows.check('the other tabs hear of it', await until(async () => (await state(other)).state === 'out'), await state(other));
}
