// A log-out makes the browser delete every cookie, for which the deleting lines must match those that set the
// cookies.

import { Visitor } from '../visitor.mjs';

export default async function logOut({ browser, server, rows }) {
  const plain = ['access_token_cookie', 'csrf_access_token', 'csrf_refresh_token', 'refresh_token_cookie'];
  const secure = ['__Secure-access', '__Secure-csrf_access', '__Secure-csrf_refresh', '__Secure-refresh'];
  const host = [
    '__Host-Http-access_token_cookie',
    '__Host-Http-refresh_token_cookie',
    '__Host-csrf_access_token',
    '__Host-csrf_refresh_token',
  ];
  const visitor = await Visitor.arrive(browser, server.origin('lax'));
  for (const [sentence, service, names] of [
    ['plain names, SameSite=Lax', 'lax', plain],
    ['plain names, SameSite=None', 'none', plain],
    ['__Secure- names, SameSite=None', 'secure', secure],
    ['__Host-Http- names, SameSite=Lax', 'host', host],
    ['__Host-Http- names, SameSite=None', 'host-none', host],
    ['hardened', 'hardened', host],
  ]) {
    await visitor.startAgain(server.origin(service));
    await there({ server, rows, visitor, names, page: visitor.page, sentence });
    // In a frame of another site, where third-party cookies are allowed: only SameSite=None is sent at all.
    if (sentence.endsWith('None')) {
      await visitor.page.goto(`${server.other}/frame?${new URLSearchParams({ src: `${visitor.origin}/` })}`);
      const frame = visitor.page.frame({ url: `${visitor.origin}/` });
      await there({ server, rows, visitor, names, page: frame, sentence: `${sentence}, in a frame of another site` });
    }
  }

  // A page of another site that the application allows by CORS. It has the CSRF value from the response to the
  // log-in.
  await visitor.startAgain(server.origin('open'));
  await visitor.page.goto(`${server.other}/`);
  const sentence = 'plain names, SameSite=None, by fetch from another site';
  await there({ server, rows, visitor, names: plain, page: visitor.page, sentence, logIn: '/unguarded/login' });
  await visitor.leave();
}

// Logs in and out by requests of `page`.
async function there({ server, rows, visitor, names, page, sentence, logIn = '/login' }) {
  const jar = async () => (await visitor.cookies()).map(({ name }) => name).sort();
  const { csrf } = await visitor.send('POST', logIn, { body: 'user=alice' }, page);
  rows.check(`${sentence}: log-in sets four cookies`, JSON.stringify(await jar()) === JSON.stringify(names), await jar());
  rows.same(`${sentence}: which let in`, await visitor.send('GET', '/api/v1/users/me', {}, page), { status: 200, user: 'alice' });
  const copied = (await visitor.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');

  const refused = await visitor.send('POST', '/logout', {}, page);
  rows.same(`${sentence}: log-out without the CSRF value is refused`, refused, { status: 403, code: 'missing_csrf_token' });
  rows.check(`${sentence}: and the cookies stay`, (await jar()).length === 4, await jar());

  const answer = await visitor.send('POST', '/logout', { csrf }, page);
  rows.same(`${sentence}: log-out answers 200`, answer, { status: 200 });
  rows.check(`${sentence}: the jar is empty after it`, (await jar()).length === 0, await jar());
  const shut = { status: 401, code: 'missing_token' };
  rows.same(`${sentence}: the route is shut`, await visitor.send('GET', '/api/v1/users/me', {}, page), shut);
  const ended = await server.send('GET', `${visitor.origin}/api/v1/users/me`, { cookie: copied });
  rows.same(`${sentence}: so it is for who has copied the cookies`, ended, { status: 401, code: 'session_ended' });
}
