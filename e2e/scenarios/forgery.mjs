// Other sites make the victim's browser send requests with the victim's cookies.

import { means, outcome, send } from '../attack.mjs';
import { mark, Visitor } from '../visitor.mjs';

export default async function forgery({ browser, server, rows }) {
  const { other, evil, neighbour } = server;
  const kept = { cookie: false, status: 401, code: 'missing_token', site: 'cross-site' };
  const fromOther = { cookie: true, status: 403, code: 'missing_csrf_token', site: 'cross-site' };
  const fromSibling = { ...fromOther, site: 'same-site' };
  const every = Object.keys(means);
  const table = [
    ['SameSite=Lax, another site: the cookie stays at home', 'lax', other, kept, every],
    ['SameSite=Lax, a sibling: the cookie comes along, the CSRF value does not', 'lax', evil, fromSibling, every],
    ['SameSite=Lax, another port of the same host: as a sibling', 'lax', neighbour, fromSibling, ['a form']],
    ['SameSite=None, another site: the cookie comes along, the CSRF value does not', 'none', other, fromOther, every],
    ['SameSite=None, a sibling: the same', 'none', evil, fromSibling, ['a form']],
    ['__Host-Http- name, a sibling: the same', 'host', evil, fromSibling, ['a form']],
  ];
  const victim = await Visitor.arrive(browser, server.origin('lax'));
  const told = (sent) => outcome(server, sent);
  for (const [sentence, service, from, wanted, ways] of table) {
    const origin = server.origin(service);
    await victim.again('alice', origin);
    for (const by of ways) {
      rows.same(`${sentence} (${by})`, await told(await means[by](victim.page, from, `${origin}/posts`)), wanted);
    }
    const form = (path, fields) => means['a form'](victim.page, from, origin + path, fields);
    const own = (await server.logIn(service, 'mallory')).csrf;
    rows.same(`${sentence} (a form, with the attacker's own value)`, await told(await form('/posts', { csrf_token: own })), wanted);
    rows.same(`${sentence} (a form, to refresh)`, await told(await form('/refresh')), wanted);
    // Without a cookie there is no value to ask for, and the sender decides: no cookie is deleted for another site.
    const toLogOut = wanted.cookie ? wanted : { ...wanted, status: 403, code: 'cross_site_request' };
    rows.same(`${sentence} (a form, to log out)`, await told(await form('/logout')), toLogOut);
    if (wanted.cookie) {
      const unguarded = { ...wanted, status: 200, code: null };
      rows.same(`${sentence} (a route without CSRF shows that it would work)`, await told(await form('/unguarded/posts')), unguarded);
    }
    rows.same(`${sentence}: the victim is still in`, await victim.whoAmI(), { status: 200, user: 'alice' });
  }

  await ownPage({ victim, server, rows });
  await header({ victim, server, rows });
  await carelessCors({ victim, server, rows });
  await victim.leave();
}

// The same requests from the application's own page succeed.
async function ownPage({ victim, server, rows }) {
  for (const service of ['lax', 'none', 'host']) {
    await victim.again('alice', server.origin(service));
    const sent = mark();
    await victim.send('POST', `/posts?mark=${sent}`, { csrf: (await victim.cookie('csrf_access_token')).value });
    const wanted = { cookie: true, status: 200, code: null, site: 'same-origin' };
    rows.same(`${service}: the application's own page may post`, await outcome(server, sent), wanted);
  }
}

// Why the value must be in a header: another origin can neither send the header nor read the value.
async function header({ victim, server, rows }) {
  const origin = server.origin('none');
  await victim.again('alice', origin);
  const own = (await server.logIn('none', 'mallory')).csrf;

  let sent = await send(victim.page, server.other, `${origin}/posts`, {}, 'cors', own);
  rows.check('the header is not sent without a preflight', (await server.told(sent, 'OPTIONS')) !== undefined, 'no preflight');
  rows.check('after a refused preflight nothing is posted', await server.toldNothing(sent), 'a POST');

  sent = await send(victim.page, server.other, `${origin}/posts`, {}, 'no-cors', own);
  const dropped = { cookie: true, status: 403, code: 'missing_csrf_token', csrf: null };
  rows.same('without cors the browser drops the header', await outcome(server, sent), dropped);

  await victim.page.goto(`${server.evil}/`);
  const readable = await victim.page.evaluate(() => document.cookie);
  rows.check("a sibling cannot read the victim's CSRF cookie", readable === '', readable);
}

// An application that allows every origin by CORS: the header arrives, and still does not help.
async function carelessCors({ victim, server, rows }) {
  const origin = server.origin('open');
  await victim.again('alice', origin);
  const cookie = 'csrf_access_token=planted; Domain=example.test; Path=/; Secure; SameSite=None';
  await victim.page.goto(`${server.evil}/plant?${new URLSearchParams({ cookie })}`);
  for (const [whose, value] of [
    ["the attacker's own", (await server.logIn('open', 'mallory')).csrf],
    ['that of a planted CSRF cookie', 'planted'],
  ]) {
    const sent = await send(victim.page, server.evil, `${origin}/posts`, {}, 'cors', value);
    const wanted = { cookie: true, status: 403, code: 'csrf_mismatch', site: 'same-site', csrf: value };
    rows.same(`a CSRF value that arrives is refused: ${whose}`, await outcome(server, sent), wanted);
  }
}
