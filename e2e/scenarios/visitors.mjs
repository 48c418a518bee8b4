// A public page greets users who are logged in, and is shown to all others, whatever cookies an earlier log-in has
// left in their browsers.

import { Visitor } from '../visitor.mjs';

export default async function visitors({ browser, server, rows }) {
  const origin = server.origin('lax');
  const visitor = await Visitor.arrive(browser, origin);
  const plant = (from, line) => visitor.page.goto(`${from}/plant?${new URLSearchParams({ cookie: line })}`);
  const greeted = async () => {
    const answer = await visitor.page.goto(`${origin}/public`);
    return { status: answer.status(), ...(await answer.json()) };
  };
  rows.same('without a cookie a public page is shown', await greeted(), { status: 200, user: null, code: null });

  for (const [cookie, code, leave] of [
    ['of a session that was revoked elsewhere', 'session_ended', () => revoked(visitor, server)],
    ['that has expired', 'token_expired', () => server.send('POST', `${origin}/forward?seconds=${16 * 60}`)],
    // Cookies know no port: the other service has set it for this host.
    ['signed with a former key', 'invalid_signature', () => visitor.again('alice', server.origin('former-key'))],
    ['that is no token', 'invalid_token', () => plant(server.neighbour, 'access_token_cookie=junk; Path=/; Secure; HttpOnly')],
  ]) {
    await visitor.again('alice', origin);
    await leave();
    visitor.origin = origin;
    rows.same(`with a cookie ${cookie} a public page is shown`, await greeted(), { status: 200, user: null, code });
    rows.same(`with a cookie ${cookie} a guarded route is shut`, await visitor.whoAmI(), { status: 401, code });
    await visitor.logIn('bob');
    rows.same(`with a cookie ${cookie} a log-in logs in`, await visitor.whoAmI(), { status: 200, user: 'bob' });
    rows.same(`with a cookie ${cookie} the public page greets then`, await greeted(), { status: 200, user: 'bob', code: null });
  }

  await visitor.again('alice', origin);
  const { access } = await server.logIn('lax', 'mallory');
  await plant(server.evil, `access_token_cookie=${access}; Domain=example.test; Path=/; Secure`);
  const nobody = { status: 200, user: null, code: 'ambiguous_cookie' };
  rows.same('with cookies of two users, one of them planted, a public page is shown and greets neither', await greeted(), nobody);
  await visitor.leave();
}

// Logs the visitor out by another program, so that the cookies stay.
async function revoked(visitor, server) {
  const cookie = (await visitor.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const csrf = await visitor.read('csrf_access_token');
  const { status } = await server.send('POST', `${visitor.origin}/logout`, { cookie, csrf });
  if (status !== 200) throw new Error(`the log-out elsewhere answers ${status}`);
}
