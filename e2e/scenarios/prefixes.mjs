// What Chromium guarantees for names that begin with `__Host-Http-` and `__Host-`: only the host itself can set them,
// and the first kind only by HTTP, never by script.

import { Visitor } from '../visitor.mjs';

export default async function prefixes({ browser, server, rows }) {
  const origin = server.origin('host');
  const visitor = await Visitor.arrive(browser, origin);
  const names = async () => (await visitor.context.cookies()).map(({ name }) => name).sort();

  const bySibling = [
    ['with Domain', '__Host-Http-access_token_cookie=x; Domain=example.test; Path=/; Secure; HttpOnly'],
    ['with Domain, and other letters', '__hOsT-hTtP-access_token_cookie=x; Domain=example.test; Path=/; Secure; HttpOnly'],
    ['without a name, and the name in the value', '=__Host-Http-access_token_cookie=x; Domain=example.test; Path=/; Secure; HttpOnly'],
    ['the CSRF cookie, with Domain', '__Host-csrf_access_token=x; Domain=example.test; Path=/; Secure'],
    ['with spaces before it', '  __Host-Http-access_token_cookie=x; Domain=example.test; Path=/; Secure; HttpOnly'],
  ];
  for (const [how, line] of bySibling) {
    await visitor.page.goto(`${server.evil}/plant?${new URLSearchParams({ cookie: line })}`);
    rows.check(`a sibling cannot plant it by Set-Cookie: ${how}`, (await names()).length === 0, await names());
    await visitor.page.evaluate((text) => (document.cookie = text), line.replace('; HttpOnly', ''));
    rows.check(`a sibling cannot plant it by script: ${how}`, (await names()).length === 0, await names());
  }

  const ofItsOwn = '__Host-Http-access_token_cookie=x; Path=/; Secure; HttpOnly';
  await visitor.page.goto(`${server.evil}/plant?${new URLSearchParams({ cookie: ofItsOwn })}`);
  rows.check('a sibling can have one of its own', (await names()).length === 1, await names());
  rows.same('which is not sent to us', await visitor.whoAmI(), { status: 401, code: 'missing_token' });
  await visitor.context.clearCookies();

  await visitor.page.goto(`${origin}/`);
  const byOurScript = (line) => visitor.page.evaluate((text) => (document.cookie = text), line);
  await byOurScript('__Host-Http-access_token_cookie=x; Path=/; Secure');
  rows.check('script of our own page cannot set a __Host-Http- cookie', (await names()).length === 0, await names());
  await byOurScript('__Host-csrf_access_token=x; Path=/; Secure');
  rows.check('it can set a __Host- cookie', (await names()).length === 1, await names());
  await visitor.context.clearCookies();

  const byOurHost = [
    ['HttpOnly', '__Host-Http-access_token_cookie=x; Path=/; Secure', 0],
    ['Secure', '__Host-Http-access_token_cookie=x; Path=/; HttpOnly', 0],
    ['Path=/', '__Host-Http-access_token_cookie=x; Path=/api/v1/users/me; Secure; HttpOnly', 0],
    ['nothing', ofItsOwn, 1],
  ];
  for (const [lacking, line, taken] of byOurHost) {
    await visitor.page.goto(`${server.neighbour}/plant?${new URLSearchParams({ cookie: line })}`);
    rows.check(`from our own host, ${taken ? 'taken' : 'dropped'} when it lacks ${lacking}`, (await names()).length === taken, await names());
  }
  await visitor.context.clearCookies();

  await visitor.page.goto(`${origin}/`);
  await visitor.logIn('alice');
  const wanted = [
    '__Host-Http-access_token_cookie',
    '__Host-Http-refresh_token_cookie',
    '__Host-csrf_access_token',
    '__Host-csrf_refresh_token',
  ];
  rows.check('what log-in sets is taken', JSON.stringify(await names()) === JSON.stringify(wanted), await names());
  const readable = await visitor.page.evaluate(() => document.cookie);
  rows.check('script reads the CSRF values and no token', /^__Host-csrf_\w+=[^;]+; __Host-csrf_\w+=[^;]+$/.test(readable), readable);
  await byOurScript('__Host-Http-access_token_cookie=x; Path=/; Secure');
  rows.same('and script cannot replace a token', await visitor.whoAmI(), { status: 200, user: 'alice' });
  await visitor.leave();
}
