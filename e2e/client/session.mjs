// One tab: a log-in, a post, and what script sees of it.

import { logIn, open, request, state } from '../application.mjs';

export default async function session({ browser, rows, start }) {
  const { application } = await start();
  const context = await browser.newContext();
  // What script can read of an answer.
  await context.addInitScript(() => {
    const original = window.fetch;
    window.answers = [];
    window.fetch = async (...request) => {
      const answer = await original(...request);
      window.answers.push(JSON.stringify([...answer.headers]) + (await answer.clone().text()));
      return answer;
    };
  });
  const tab = await open(context, application);
  rows.check('a visitor is out', (await state(tab)).state === 'out', await state(tab));
  await logIn(tab, 'user1');
  rows.check('a log-in is known', (await state(tab)).subject === 'user1', await state(tab));
  rows.check('a post has its CSRF header', (await request(tab, 'POST', '/posts', { title: 'one' })) === 200);

  await tab.evaluate(() => window.client.refresh());
  const tokens = (await context.cookies()).filter(({ httpOnly }) => httpOnly).map(({ value }) => value);
  rows.check('the browser has both tokens', tokens.filter((value) => value.startsWith('eyJ')).length >= 2, tokens);
  const visible = await tab.evaluate(async () => {
    const { client } = window;
    const said = [await client.session(), await client.refresh(), await client.ready(), client.getSnapshot()];
    return [
      ...window.answers,
      document.cookie,
      document.documentElement.outerHTML,
      ...[localStorage, sessionStorage, said].map((thing) => JSON.stringify(thing)),
    ];
  });
  const bodies = visible.filter((text) => text.includes('"csrf"'));
  rows.check('script reads what the service answers', bodies.length >= 4, visible);
  const found = visible.filter((text) => text.includes('eyJ') || tokens.some((value) => text.includes(value)));
  rows.check('and sees no token: in no answer, cookie or storage, and in nothing that the client says', found.length === 0, found);
}
