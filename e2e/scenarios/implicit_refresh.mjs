// An active visitor stays logged in; one who has logged out stays logged out, even if the access token was about to
// be renewed.

import { means, outcome } from '../attack.mjs';
import { mark, Visitor } from '../visitor.mjs';

export default async function implicitRefresh({ browser, server, rows }) {
  const origin = server.origin('renewing');
  const forward = (minutes) => server.send('POST', `${origin}/forward?seconds=${minutes * 60}`);

  const alice = await Visitor.logIn(browser, origin, 'alice');
  const bob = await Visitor.logIn(browser, origin, 'bob');
  const token = async (visitor) => (await visitor.cookie('access_token_cookie'))?.value;
  const csrf = async (visitor) => (await visitor.cookie('csrf_access_token'))?.value;
  const first = { alice: await token(alice), bob: await token(bob), csrf: await csrf(alice) };

  // Tokens live 15 minutes, and are renewed when less than 10 are left.
  rows.same('a visit with a young token sets no cookie', await visit(alice, server), { cookie: true, status: 200, sets: 0 });
  await forward(6);
  rows.same('a visit with an old one sets two', await visit(alice, server), { cookie: true, status: 200, sets: 2 });
  rows.check('the browser has another token then', (await token(alice)) !== first.alice, 'the same');
  rows.check('and the same CSRF value, so open pages go on working', (await csrf(alice)) === first.csrf, await csrf(alice));

  const forged = await means['a form'](bob.page, server.evil, `${origin}/posts`);
  rows.same('a forged request renews nothing', await outcome(server, forged), { cookie: true, status: 403, sets: 0 });
  const lost = mark();
  await bob.page.goto(`${origin}/`);
  await bob.send('GET', `/nowhere?mark=${lost}`);
  rows.same('nor does a page that is not there', await outcome(server, lost, 'GET'), { cookie: true, status: 404, sets: 0 });
  rows.check('the token is the same after both', (await token(bob)) === first.bob, await token(bob));

  await forward(10);
  rows.same('who was active is in after the life of the first token', await alice.whoAmI(), { status: 200, user: 'alice' });
  rows.same('who was not is out', await bob.whoAmI(), { status: 401, code: 'token_expired' });

  // Log-out with a token that is old enough to be renewed.
  const out = { status: 401, code: 'missing_token' };
  await bob.again('bob');
  await forward(6);
  const told = mark();
  await bob.send('POST', `/logout?mark=${told}`, { csrf: await csrf(bob) });
  rows.same('log-out with an old token deletes four cookies', await outcome(server, told), { cookie: true, status: 200, sets: 4 });
  rows.check('the jar is empty after it', (await bob.cookies()).length === 0, await bob.cookies());
  rows.same('the next visit finds nobody', await bob.whoAmI(), out);
  rows.check('and brings no cookie back', (await bob.cookies()).length === 0, await bob.cookies());

  // A request that was admitted before the log-out, and is answered after it.
  await bob.again('bob');
  await forward(6);
  const slow = mark();
  const answered = bob.send('GET', `/slow?mark=${slow}`);
  await server.send('GET', `${origin}/slow/entered`);
  await bob.send('POST', '/logout', { csrf: await csrf(bob) });
  await server.send('POST', `${origin}/slow/release`);
  rows.same('an answer that a log-out overtakes is what it was', await answered, { status: 200, user: 'bob' });
  rows.same('and renews nothing', await outcome(server, slow, 'GET'), { cookie: true, status: 200, sets: 0 });
  rows.check('so the jar stays empty', (await bob.cookies()).length === 0, await bob.cookies());
  await alice.leave();
  await bob.leave();
}

// As a person: the page itself, not its script.
async function visit(visitor, server) {
  const sent = mark();
  await visitor.page.goto(`${visitor.origin}/api/v1/users/me?mark=${sent}`);
  return outcome(server, sent, 'GET');
}
