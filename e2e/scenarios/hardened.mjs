// `Config::hardened`: every strict setting in one call, and an application that still works.

import { follow, means, outcome } from '../attack.mjs';
import { Visitor } from '../visitor.mjs';

const ACCESS = '__Host-Http-access_token_cookie';
const REFRESH = '__Host-Http-refresh_token_cookie';

export default async function hardened({ browser, server, rows }) {
  const origin = server.origin('hardened');
  const visitor = await Visitor.logIn(browser, origin, 'alice');
  const csrf = (await visitor.cookie('csrf_access_token')).value;

  for (const [who, from, names] of [
    ['another site', server.other, [ACCESS]],
    ['a sibling', server.evil, [ACCESS, REFRESH]],
  ]) {
    const sent = await follow(visitor.page, from, `${origin}/api/v1/users/me`);
    const told = await server.told(sent, 'GET');
    const came = told?.cookies.map(({ name }) => name).filter((name) => name.includes('Http'));
    rows.same(`a link from ${who} comes with ${names.length} of the token cookies, and lets in`, { came, ...told }, { came: names, status: 200 });
  }

  for (const [who, from, path, wanted] of [
    ['another site', server.other, '/posts', { cookie: false, status: 401, code: 'missing_token' }],
    ['a sibling', server.evil, '/posts', { cookie: true, status: 403, code: 'cross_site_request' }],
    ['a sibling', server.evil, '/refresh', { cookie: true, status: 403, code: 'cross_site_request' }],
    ['a sibling', server.evil, '/logout', { cookie: true, status: 403, code: 'cross_site_request' }],
    ['a sibling', server.evil, '/login', { cookie: true, status: 403, code: 'cross_site_request' }],
  ]) {
    const sent = await means['a form'](visitor.page, from, origin + path, { user: 'mallory' });
    rows.same(`a form of ${who} is refused (${path})`, await outcome(server, sent), wanted);
  }

  await visitor.page.goto(`${origin}/`);
  rows.same("the application's own page posts", await visitor.send('POST', '/posts', { csrf }), { status: 200, user: 'alice' });
  rows.same('and refreshes', await visitor.send('POST', '/refresh', { csrf }), { status: 200 });
  rows.same('the visitor is who they are', await visitor.whoAmI(), { status: 200, user: 'alice' });
  await visitor.leave();
}
