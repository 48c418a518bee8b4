// A sibling sets cookies with our names for the whole domain. Cookies have no sender: the server gets several with
// one name.

import { outcome, send } from '../attack.mjs';
import { mark, Visitor } from '../visitor.mjs';

const ACCESS = 'access_token_cookie';

export default async function planting({ browser, server, rows }) {
  const visitor = await Visitor.arrive(browser, server.origin('lax'));
  await whoIsLoggedIn({ victim: visitor, server, rows });
  await logOut({ victim: visitor, server, rows });
  await overHttp2({ victim: visitor, server, rows });
  await whoIsNot({ visitor, server, rows });
  await whoseJarIsFlooded({ victim: visitor, server, rows });
  await visitor.leave();
}

// Plain names. No planted cookie makes the victim act as another user.
async function whoIsLoggedIn({ victim, server, rows }) {
  const origin = server.origin('lax');
  const mallory = await server.logIn('lax', 'mallory');
  const ofAnother = await server.logIn('lax', 'mallory');
  // All services have the same key.
  const expired = await server.logIn('short', 'mallory');
  const expiresAt = Date.now() + 2_500;
  const ambiguous = { status: 401, code: 'ambiguous_cookie' };
  const harmless = { status: 200, user: 'alice' };
  const wide = 'Domain=example.test; Path=/; Secure';
  const table = [
    ["the attacker's token is refused as ambiguous", [`${ACCESS}=${mallory.access}; ${wide}`], 2, ambiguous],
    ['so is one with a longer path, which the browser sends first', [`${ACCESS}=${mallory.access}; Domain=example.test; Path=/api; Secure`], 2, { ...ambiguous, first: mallory.access }],
    ['so are two of them', [`${ACCESS}=${mallory.access}; ${wide}`, `${ACCESS}=${ofAnother.access}; Domain=example.test; Path=/api`], 3, ambiguous],
    ["the attacker's refresh token under the other name is refused as ambiguous", [`${ACCESS}=${mallory.refresh}; ${wide}`], 2, ambiguous],
    ['so is one that has expired', [`${ACCESS}=${expired.access}; ${wide}`], 2, ambiguous],
    ['junk is dropped', [`${ACCESS}=junk; ${wide}`], 2, harmless],
    ['a token that was changed is dropped', [`${ACCESS}=${mallory.access.slice(0, -4)}AAAA; ${wide}`], 2, harmless],
    ['an empty value is dropped', [`${ACCESS}=; ${wide}`], 2, harmless],
    ['three pieces of junk are dropped', junk(3), 4, harmless],
    ['four are too many to look at: locked out, not logged in', junk(4), 5, ambiguous],
    ['a name in other letters is another name', [`ACCESS_TOKEN_COOKIE=${mallory.access}; ${wide}`], 1, harmless],
    ["the victim's own cookie cannot be deleted", [`${ACCESS}=; ${wide}; Max-Age=0`], 1, harmless],
  ];
  await new Promise((wake) => setTimeout(wake, expiresAt - Date.now()));
  const alone = await server.send('GET', `${origin}/api/v1/users/me`, { cookie: `${ACCESS}=${expired.access}` });
  rows.same("the attacker's old token has expired", alone, { status: 401, code: 'token_expired' });
  for (const [sentence, lines, arrive, wanted] of table) {
    await victim.again('alice', origin);
    await plant(victim, server.evil, lines);
    rows.same(`plain names, planted beside the victim's: ${sentence}`, await seen(victim, server), { arrive, ...wanted });
  }

  await victim.again('alice');
  const csrf = (await victim.cookie('csrf_access_token')).value;
  await victim.page.goto(`${server.evil}/`);
  await victim.page.evaluate((line) => (document.cookie = line), `${ACCESS}=${mallory.access}; ${wide}`);
  rows.same('plain names: planting by script is the same', await seen(victim, server), { arrive: 2, ...ambiguous });
  const posted = await victim.send('POST', '/posts', { csrf });
  rows.same('plain names: nothing is posted for either of them', posted, { status: 401, code: 'ambiguous_cookie' });

  await victim.again('alice');
  const value = (await victim.cookie('csrf_refresh_token')).value;
  await plant(victim, server.evil, [`refresh_token_cookie=${mallory.refresh}; ${wide}`]);
  await victim.page.goto(`${origin}/`);
  const refreshed = await victim.send('POST', '/refresh', { csrf: value });
  rows.same("plain names: a refresh token beside the victim's is refused as ambiguous", refreshed, { status: 401, code: 'ambiguous_cookie' });
  rows.same('plain names: and the access token still counts', await victim.whoAmI(), { status: 200, user: 'alice' });
}

// The attacker knows the CSRF value of a token for another account. Here the application allows the header by CORS.
async function logOut({ victim, server, rows }) {
  const origin = server.origin('open');
  const mallory = await server.logIn('open', 'mallory');
  const planted = `refresh_token_cookie=${mallory.refresh}; Domain=example.test; Path=/; Secure; SameSite=None`;

  await victim.again('alice', origin);
  const copied = `${ACCESS}=${(await victim.cookie(ACCESS)).value}`;
  const stillThere = () => server.send('GET', `${origin}/api/v1/users/me`, { cookie: copied });
  const csrf = (await victim.cookie('csrf_access_token')).value;
  await plant(victim, server.evil, [planted]);
  const sent = await send(victim.page, server.evil, `${origin}/logout`, {}, 'cors', mallory.csrf);
  rows.same("plain names: the attacker's own CSRF value deletes no cookie", await outcome(server, sent), { cookie: true, sets: 0 });
  rows.same("plain names: nor does it end the victim's session", await stillThere(), { status: 200, user: 'alice' });

  await victim.page.goto(`${origin}/`);
  rows.same("plain names: beside a planted token the victim's log-out answers 200", await victim.send('POST', '/logout', { csrf }), { status: 200 });
  rows.same("plain names: and ends the victim's session", await stillThere(), { status: 401, code: 'session_ended' });
  rows.same('plain names: the victim is not the attacker then', await victim.whoAmI(), { status: 401, code: 'missing_token' });
  const attacker = await server.send('GET', `${origin}/api/v1/users/me`, { cookie: `${ACCESS}=${mallory.access}` });
  rows.same('plain names: whose session has ended as well', attacker, { status: 401, code: 'session_ended' });
}

// Over HTTP/2 each cookie is a separate header line (RFC 9113, section 8.2.3).
async function overHttp2({ victim, server, rows }) {
  await victim.again('alice', server.origin('http2'));
  const mallory = await server.logIn('http2', 'mallory');
  rows.same('HTTP/2: four cookies are four lines', await seen(victim, server), { lines: 4, status: 200, user: 'alice' });
  await plant(victim, server.evil, [`${ACCESS}=${mallory.access}; Domain=example.test; Path=/; Secure`]);
  const ambiguous = { arrive: 2, lines: 5, status: 401, code: 'ambiguous_cookie' };
  rows.same("HTTP/2: the attacker's token on a line of its own is refused as ambiguous", await seen(victim, server), ambiguous);
}

// A visitor without a cookie: with plain names a planted cookie looks like one that was set here.
async function whoIsNot({ visitor, server, rows }) {
  for (const service of ['lax', 'host']) {
    const mallory = await server.logIn(service, 'mallory');
    await visitor.startAgain(server.origin(service));
    const prefix = service === 'host' ? '__Host-Http-' : '';
    const planted = `${prefix}${ACCESS}=${mallory.access}; Domain=example.test; Path=/; Secure; HttpOnly`;
    await plant(visitor, server.evil, [planted]);
    if (service === 'lax') {
      const attacker = { status: 200, user: 'mallory' };
      rows.same('plain names: a visitor who is not logged in DOES become the attacker (SECURITY.md says so)', await visitor.whoAmI(), attacker);
      await visitor.logIn('alice');
      const lockedOut = { status: 401, code: 'ambiguous_cookie' };
      rows.same('plain names: who logs in then is locked out, and is not the attacker', await visitor.whoAmI(), lockedOut);
    } else {
      const nobody = { status: 401, code: 'missing_token' };
      rows.same('__Host-Http- names: a visitor who is not logged in stays nobody', await visitor.whoAmI(), nobody);
      await visitor.logIn('alice');
      rows.same('__Host-Http- names: who logs in then is in', await visitor.whoAmI(), { status: 200, user: 'alice' });
    }
  }
}

// Browsers keep a limited number of cookies for a domain with all its subdomains; further ones evict the oldest.
async function whoseJarIsFlooded({ victim, server, rows }) {
  for (const service of ['lax', 'host']) {
    const mallory = await server.logIn(service, 'mallory');
    await victim.again('alice', server.origin(service));
    const prefix = service === 'host' ? '__Host-Http-' : '';
    await victim.page.goto(`${server.evil}/flood`);
    const own = await victim.cookie(ACCESS);
    rows.check(`${service}: a sibling that floods the jar pushes the victim's cookie out`, own === undefined, own);
    await plant(victim, server.evil, [`${prefix}${ACCESS}=${mallory.access}; Domain=example.test; Path=/; Secure; HttpOnly`]);
    const [sentence, wanted] =
      service === 'lax'
        ? ['plain names: and DOES log the victim in as the attacker then (SECURITY.md says so)', { status: 200, user: 'mallory' }]
        : ['__Host-Http- names: and can log the victim out, but not in as somebody else', { status: 401, code: 'missing_token' }];
    rows.same(sentence, await victim.whoAmI(), wanted);
    }
}

// At different paths: a cookie of the same name, domain and path would replace the other.
function junk(count) {
  return ['/', '/api', '/api/v1', '/api/v1/users'].slice(0, count).map((path, n) => `${ACCESS}=junk${n}; Domain=example.test; Path=${path}; Secure`);
}

async function plant(visitor, from, lines) {
  const query = new URLSearchParams(lines.map((line) => ['cookie', line]));
  await visitor.page.goto(`${from}/plant?${query}`);
}

// Returns the user whom the server reports, how many cookies with the name it got, and the first of them.
async function seen(visitor, server) {
  await visitor.page.goto(`${visitor.origin}/`);
  const asked = mark();
  const { status, user, code } = await visitor.send('GET', `/api/v1/users/me?mark=${asked}`);
  const told = await server.told(asked, 'GET');
  const values = told?.cookies.filter(({ name }) => name === ACCESS).map(({ value }) => value) ?? [];
  return { status, user, code, arrive: values.length, first: values[0], lines: told?.cookie_lines };
}
