// Plain HTTP by the name of a machine in a closed network. Browsers send no `Sec-Fetch-Site` there, and take no cookie
// that is Secure. No public origin is configured.

import { means, outcome } from '../attack.mjs';
import { mark, Visitor } from '../visitor.mjs';

export default async function lan({ browser, server, rows }) {
  const origin = server.origin('lan');
  const visitor = await Visitor.arrive(browser, origin);
  const out = { status: 401, code: 'missing_token' };
  const alice = { status: 200, user: 'alice' };

  const sent = mark();
  await visitor.send('POST', `/login?mark=${sent}`, { body: 'user=alice' });
  rows.same('a page logs in, with Origin and without Sec-Fetch-Site', await outcome(server, sent), { status: 200, sets: 4, origin, site: null });
  rows.check('the jar has four cookies', (await visitor.cookies()).length === 4, await visitor.cookies());
  rows.same('which let in', await visitor.whoAmI(), alice);
  const post = async (path, purpose) => visitor.send('POST', path, { csrf: await visitor.read(`csrf_${purpose}_token`) });
  rows.same('it posts', await post('/posts', 'access'), alice);
  rows.same('it refreshes', await post('/refresh', 'refresh'), { status: 200 });
  rows.same('it posts after the refresh', await post('/posts', 'access'), alice);
  rows.same('it logs out', await post('/logout', 'access'), { status: 200 });
  rows.check('which leaves no cookie', (await visitor.cookies()).length === 0, await visitor.cookies());
  rows.same('and nothing that refreshes', await visitor.send('POST', '/refresh'), out);
  const form = await means['a form'](visitor.page, origin, `${origin}/login`, { user: 'alice' });
  rows.same('a form of its own logs in', await outcome(server, form), { status: 200, sets: 4, origin, site: null });

  const message = (from) => `Cross-site request refused: Origin is ${from}; HANDSTAMP_PUBLIC_ORIGIN is not set`;
  for (const [who, from, cookie, logOut] of [
    ['another site', server.evilByHttp, false, { status: 403, code: 'origin_not_allowed' }],
    ['another port of the same host', server.neighbourByHttp, true, { status: 403, code: 'missing_csrf_token' }],
  ]) {
    await visitor.startAgain();
    const forced = await means['a form'](visitor.page, from, `${origin}/login`, { user: 'mallory' });
    rows.same(`a form of ${who} cannot log the visitor in`, await outcome(server, forced), { status: 403, code: 'origin_not_allowed', sets: 0, origin: from, site: null });
    const shown = JSON.parse(await visitor.page.innerText('body'));
    rows.check(`and the refusal names ${who}, and the setting`, shown.message === message(from), shown);
    rows.same('so the visitor stays nobody', await visitor.whoAmI(), out);
    const open = await means['a form'](visitor.page, from, `${origin}/unguarded/login`, { user: 'mallory' });
    rows.same(`without the guard ${who} can`, await outcome(server, open), { status: 200, sets: 4, site: null });

    await visitor.again('alice');
    const ended = await means['a form'](visitor.page, from, `${origin}/logout`);
    rows.same(`a form of ${who} cannot log the visitor out`, await outcome(server, ended), { cookie, sets: 0, ...logOut });
    rows.same('who is still in', await visitor.whoAmI(), alice);
  }
  await visitor.leave();
}
