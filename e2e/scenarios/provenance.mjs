// With a public origin, the origin of a request is checked before its token, and whatever its CSRF value is.

import { follow, means, outcome, send, submitInSandbox } from '../attack.mjs';
import { mark, Visitor } from '../visitor.mjs';

export default async function provenance({ browser, server, rows }) {
  const victim = await Visitor.arrive(browser, server.origin('origin'));
  for (const [sentence, service, from, site] of [
    ['a sibling', 'origin', server.evil, 'same-site'],
    ['another site, SameSite=None', 'trusting', server.other, 'cross-site'],
    ['a sibling, beside a trusted one', 'trusting', server.evil, 'same-site'],
  ]) {
    const origin = server.origin(service);
    await victim.again('alice', origin);
    const csrf = (await victim.cookie('csrf_access_token')).value;
    const told = (sent) => outcome(server, sent);
    const refused = { cookie: true, status: 403, code: 'cross_site_request', site };
    for (const by of Object.keys(means)) {
      rows.same(`${sentence} is refused (${by}, /forms)`, await told(await means[by](victim.page, from, `${origin}/forms`)), refused);
    }
    for (const path of ['/posts', '/refresh', '/logout']) {
      rows.same(`${sentence} is refused (a form, ${path})`, await told(await means['a form'](victim.page, from, origin + path)), refused);
    }
    if (service === 'trusting') {
      const known = await told(await send(victim.page, from, `${origin}/posts`, {}, 'cors', csrf));
      rows.same(`${sentence} is refused even with the victim's CSRF value`, known, refused);
      const framed = await told(await submitInSandbox(victim.page, from, `${origin}/forms`));
      rows.same(`${sentence} is refused (a sandboxed form)`, framed, { ...refused, site: 'cross-site' });
    }
    const shown = await told(await means['a form'](victim.page, from, `${origin}/unguarded/posts`));
    rows.same(`${sentence}: an unguarded route shows that it would work`, shown, { ...refused, status: 200, code: null });
    rows.same(`${sentence}: the victim is still in`, await victim.whoAmI(), { status: 200, user: 'alice' });
  }

  await ownPages({ visitor: victim, server, rows });
  await friend({ victim, server, rows });
  await victim.leave();
}

async function ownPages({ visitor, server, rows }) {
  const origin = server.origin('origin');
  await visitor.again('alice', origin);
  const accepted = { cookie: true, status: 200, code: null, site: 'same-origin' };
  const told = (sent, method) => outcome(server, sent, method);

  let sent = mark();
  await visitor.send('POST', `/posts?mark=${sent}`, { csrf: (await visitor.cookie('csrf_access_token')).value });
  rows.same("the application's own page may post with its CSRF value", await told(sent), accepted);
  sent = mark();
  await visitor.send('POST', `/posts?mark=${sent}`);
  const missing = { ...accepted, status: 403, code: 'missing_csrf_token' };
  rows.same('and not without, where it is asked for', await told(sent), missing);
  sent = await means['a form'](visitor.page, origin, `${origin}/forms`);
  rows.same('its plain form may, where no CSRF value is asked for', await told(sent), accepted);
  sent = await means['a form'](visitor.page, origin, `${origin}/forms`, { 'referrer-policy': 'no-referrer' });
  const silent = { ...accepted, origin: 'null' };
  rows.same('so may that of a page which tells no referrer, whose Origin is null', await told(sent), silent);

  // The attacker cannot hide behind a page of the application that posts to the attacker.
  sent = mark();
  const away = `${server.evil}/redirect?${new URLSearchParams({ to: `${origin}/forms?mark=${sent}` })}`;
  await visitor.page.goto(`${origin}/form?${new URLSearchParams({ action: away })}`);
  await Promise.all([visitor.page.waitForNavigation(), visitor.page.click('button')]);
  const returned = { cookie: true, status: 403, code: 'cross_site_request', site: 'same-site' };
  rows.same('a form of ours that an attacker sends back is refused', await told(sent), returned);

  // Reading is open to all sites: links from elsewhere work.
  sent = await follow(visitor.page, server.evil, `${origin}/api/v1/users/me`);
  rows.same('a link from a sibling works', await told(sent, 'GET'), { ...accepted, site: 'same-site' });
}

async function friend({ victim, server, rows }) {
  const origin = server.origin('trusting');
  await victim.again('alice', origin);
  const csrf = (await victim.cookie('csrf_access_token')).value;
  for (const [sentence, value, status, code] of [
    ['a trusted origin may post with the CSRF value', csrf, 200, null],
    ['a trusted origin may not post with another', 'another', 403, 'csrf_mismatch'],
    ['a trusted origin may not post without', undefined, 403, 'missing_csrf_token'],
  ]) {
    const sent = await send(victim.page, server.friend, `${origin}/posts`, {}, 'cors', value);
    rows.same(sentence, await outcome(server, sent), { cookie: true, status, code, site: 'same-site' });
  }
}
