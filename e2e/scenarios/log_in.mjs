// A log-in needs no token, so no CSRF value protects it: another site could log the visitor in to the attacker's
// account.

import { means, outcome, submitInSandbox } from '../attack.mjs';
import { mark, Visitor } from '../visitor.mjs';

export default async function logIn({ browser, server, rows }) {
  const mallory = { user: 'mallory' };
  const visitor = await Visitor.arrive(browser, server.origin('lax'));
  for (const [guard, service, ways] of [
    ['Sec-Fetch-Site alone', 'lax', Object.keys(means)],
    ['with a public origin', 'origin', ['a form']],
  ]) {
    const origin = server.origin(service);
    const nobody = { status: 401, code: 'missing_token' };
    for (const [who, from, site] of [
      ['another site', server.other, 'cross-site'],
      ['a sibling', server.evil, 'same-site'],
      ['another port of the same host', server.neighbour, 'same-site'],
    ]) {
      await visitor.startAgain(origin);
      const told = (sent) => outcome(server, sent);
      const refused = { status: 403, code: 'cross_site_request', site };
      for (const by of ways) {
        const sent = await means[by](visitor.page, from, `${origin}/login`, mallory);
        rows.same(`${guard}: ${who} cannot log the visitor in (${by})`, await told(sent), refused);
      }
      const framed = await submitInSandbox(visitor.page, from, `${origin}/login`, mallory);
      rows.same(`${guard}: ${who} cannot log the visitor in (a sandboxed form)`, await told(framed), { ...refused, site: 'cross-site' });
      await means['a form'](visitor.page, from, `${origin}/login`, mallory);
      const again = await visitor.page.reload();
      const reloaded = { method: again.request().method(), status: again.status() };
      rows.same(`${guard}: ${who} cannot log the visitor in (the refusal, reloaded)`, reloaded, { method: 'POST', status: 403 });
      rows.same(`${guard}: the visitor stays nobody`, await visitor.whoAmI(), nobody);

      const unguarded = await means['a form'](visitor.page, from, `${origin}/unguarded/login`, mallory);
      rows.same(`${guard}: without the guard ${who} can`, await told(unguarded), { status: 200, code: null, site });
      rows.same(`${guard}: and the visitor is the attacker then`, await visitor.whoAmI(), { status: 200, user: 'mallory' });
    }

    for (const [page, fields] of [
      ["the application's own form", { user: 'alice' }],
      ['that of a page which tells no referrer', { user: 'alice', 'referrer-policy': 'no-referrer' }],
    ]) {
      await visitor.startAgain(origin);
      const sent = await means['a form'](visitor.page, origin, `${origin}/login`, fields);
      rows.same(`${guard}: ${page} logs in`, await outcome(server, sent), { status: 200, code: null, site: 'same-origin' });
      rows.same(`${guard}: and the visitor is who they say`, await visitor.whoAmI(), { status: 200, user: 'alice' });
    }
    const answer = await server.send('POST', `${origin}/login?mark=${mark()}`, { form: mallory });
    rows.same(`${guard}: a program that is no browser logs in`, answer, { status: 200 });
  }
  await visitor.leave();
}
