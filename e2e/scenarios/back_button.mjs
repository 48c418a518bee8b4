// The back button, in a browser that keeps pages for it (the back-forward cache), on a computer that another user has
// next. Going back, a browser takes answers from its cache however old they are, unless they say `no-store`.

import { Visitor } from '../visitor.mjs';

export default async function backButton({ server, rows, launchWith }) {
  const browser = await launchWith({ backForwardCache: true });
  try {
    const visitor = await Visitor.arrive(browser, server.origin('lax'));
    const after = async (path, others) => {
      await visitor.again('alice');
      await visitor.page.goto(visitor.origin + path);
      await shown(visitor.page);
      await visitor.page.goto(`${visitor.origin}/`);
      await visitor.send('POST', '/logout', { csrf: await visitor.read('csrf_access_token') });
      await others();
      await visitor.page.goBack({ waitUntil: 'commit' });
      return shown(visitor.page);
    };
    for (const [page, path, toNobody, toBob] of [
      ['a guarded page', '/profile', 'missing_token', 'bob'],
      ['a page that says no-store, with guarded data', '/shell/unstored?data=/api/v1/users/me', 'missing_token', 'bob'],
      ['the same, where no layer keeps the data out of the cache: the FORMER user', '/shell/unstored?data=/bare/me', 'alice', 'alice'],
      ['a guarded page whose handler has it stored: the FORMER user', '/cached/profile', 'alice', 'alice'],
      ['a page that does not say no-store, with guarded data: the FORMER user', '/shell?data=/api/v1/users/me', 'alice', 'alice'],
    ]) {
      for (const [when, wanted, others] of [
        ['after the log-out', toNobody, () => {}],
        ['after the log-in of another user', toBob, () => visitor.logIn('bob')],
      ]) {
        const seen = await after(path, others);
        rows.check(`going back ${when}, to ${page}`, seen === wanted, seen);
      }
    }
    await visitor.leave();
  } finally {
    await browser.close();
  }
}

// Returns the name on the page, or why there is none.
async function shown(page) {
  await page.waitForFunction(() => document.body?.innerText.trim());
  const text = await page.innerText('body');
  return text.startsWith('{') ? JSON.parse(text).code : text.trim();
}
