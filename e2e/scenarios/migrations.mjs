// The configuration of the cookies changes while browsers keep those of before, for weeks.

import { Visitor } from '../visitor.mjs';

const OUT = { status: 401, code: 'missing_token' };

export default async function migrations({ browser, server, rows }) {
  const visitor = await Visitor.arrive(browser, server.origin('domain-added'));
  for (const [change, service, goesOn, prefix = ''] of [
    ['a domain is added', 'domain-added', true],
    ['a domain is removed', 'domain-removed', true],
    ['the path of the refresh cookie is narrowed', 'path-narrowed', true],
    ['the path of the refresh cookie is widened', 'path-widened', true],
    ['partitions are introduced', 'partition-introduced', true],
    ['the host prefix is introduced', 'prefix-introduced', false, '__Host-'],
  ]) {
    const migration = new Migration({ visitor, server, rows, service, change, prefix });
    await migration.ofTheSameUser(goesOn);
    await migration.toAnotherUser();
    await migration.byLogOut();
  }
  await unlisted({ visitor, server, rows });
  await visitor.leave();
}

class Migration {
  constructor({ visitor, server, rows, service, change, prefix }) {
    Object.assign(this, { visitor, server, rows, prefix, origin: server.origin(service) });
    this.check = (sentence, holds, seen) => rows.check(`${change}: ${sentence}`, holds, seen);
    this.same = (sentence, seen, wanted) => rows.same(`${change}: ${sentence}`, seen, wanted);
  }

  async ofTheSameUser(goesOn) {
    await this.begin();
    const soon = Date.now() / 1000 + 24 * 60 * 60;
    const cookies = await this.jar();
    this.check('log-in sets four cookies that stay for more than a day', cookies.length === 4 && cookies.every(({ expires }) => expires > soon), cookies);
    await this.change();
    const seen = await this.visitor.whoAmI();
    if (goesOn) {
      this.same('its user goes on', seen, { status: 200, user: 'alice' });
      await this.use('alice', 'its user');
      await this.begin();
      await this.change(20 * 60);
      this.same('its user, whose access token has expired meanwhile,', await this.visitor.whoAmI(), { status: 401, code: 'token_expired' });
      this.same('refreshes', await this.post('/refresh', 'refresh'), { status: 200 });
      await this.use('alice', 'its user, who has refreshed,');
      await this.begin();
      await this.change();
    } else {
      this.same('its user is asked to log in', seen, OUT);
    }
    await this.visitor.logIn('alice');
    await this.use('alice', 'its user, who logs in again,');
  }

  async toAnotherUser() {
    await this.begin();
    await this.change();
    await this.visitor.logIn('bob');
    await this.use('bob', 'another user, who logs in over the old cookies,');
  }

  async byLogOut() {
    await this.begin();
    await this.change();
    await this.logOut('a log-out at once');
  }

  // Uses every kind of route, and logs out.
  async use(user, who) {
    this.same(`${who} is let in`, await this.visitor.whoAmI(), { status: 200, user });
    this.same(`${who} posts`, await this.post('/posts', 'access'), { status: 200, user });
    this.same(`${who} refreshes`, await this.post('/refresh', 'refresh'), { status: 200 });
    this.same(`${who} posts after the refresh`, await this.post('/posts', 'access'), { status: 200, user });
    await this.logOut(`${who} logs out, which`);
  }

  async logOut(sentence) {
    const csrf = await this.csrf('access');
    this.same(`${sentence} answers 200`, await this.post('/logout', 'access'), { status: 200 });
    this.check(`${sentence} leaves no cookie`, (await this.jar()).length === 0, await this.jar());
    this.same(`${sentence} leaves nothing that refreshes`, await this.visitor.send('POST', '/refresh', { csrf }), OUT);
  }

  // Logs alice in, as it was before.
  async begin() {
    await this.configure(false);
    await this.visitor.again('alice', this.origin);
  }

  // The change takes a minute, so that later tokens are later by their `iat`.
  async change(seconds = 60) {
    await this.configure(true);
    await this.server.send('POST', `${this.origin}/forward?seconds=${seconds}`);
    await this.visitor.page.goto(`${this.origin}/`);
  }

  configure(later) {
    return this.server.send('POST', `${this.origin}/change?later=${later}`);
  }

  // Cookies of every path.
  jar() {
    return this.visitor.context.cookies();
  }

  // As the page's script does, which knows the name of the cookie.
  csrf(purpose) {
    return this.visitor.read(`${this.prefix}csrf_${purpose}_token`);
  }

  async post(path, purpose) {
    return this.visitor.send('POST', path, { csrf: await this.csrf(purpose) });
  }
}

// What the change does where HANDSTAMP_FORMER_COOKIES does not list the old cookies.
async function unlisted({ visitor, server, rows }) {
  const migrate = async (change, service, prefix) => {
    const migration = new Migration({ visitor, server, rows, service, change: `${change}, unlisted`, prefix });
    await migration.begin();
    await migration.change();
    return migration;
  };

  let one = await migrate('a domain is removed', 'domain-removed-unlisted', '');
  await visitor.logIn('alice');
  one.same('its user can log in again', await visitor.whoAmI(), { status: 200, user: 'alice' });
  const first = await visitor.read('csrf_access_token');
  one.same('posts, with the value of the old cookie', await visitor.send('POST', '/posts', { csrf: first }), { status: 200, user: 'alice' });
  one.same('refreshes', await one.post('/refresh', 'refresh'), { status: 200 });
  await server.send('POST', `${one.origin}/forward?seconds=${20 * 60}`);
  one.same('refreshes after the old access token has expired', await one.post('/refresh', 'refresh'), { status: 200 });
  one.same('posts after it', await visitor.send('POST', '/posts', { csrf: first }), { status: 200, user: 'alice' });
  one = await migrate('a domain is removed', 'domain-removed-unlisted', '');
  await visitor.logIn('bob');
  one.same('another user who logs in is locked OUT', await visitor.whoAmI(), { status: 401, code: 'ambiguous_cookie' });
  one.same('and logs out', await one.post('/logout', 'access'), { status: 200 });
  one.check('the old cookies stay', (await one.jar()).length === 4, await one.jar());
  one.same('which refresh nothing', await one.post('/refresh', 'refresh'), { status: 401, code: 'session_ended' });

  one = await migrate('the path is narrowed', 'path-narrowed-unlisted', '');
  await visitor.logIn('bob');
  one.same('another user who logs in is let in', await visitor.whoAmI(), { status: 200, user: 'bob' });
  one.same('and CANNOT refresh', await one.post('/refresh', 'refresh'), { status: 401, code: 'ambiguous_cookie' });

  one = await migrate('the host prefix is introduced', 'prefix-introduced-unlisted', '__Host-');
  await visitor.logIn('bob');
  one.same('another user who logs in is let in', await visitor.whoAmI(), { status: 200, user: 'bob' });
  one.same('and logs out', await one.post('/logout', 'access'), { status: 200 });
  one.same('after which nobody is let in', await visitor.whoAmI(), OUT);
  await one.configure(false);
  one.same('until the change is undone, when the FORMER user is', await visitor.whoAmI(), { status: 200, user: 'alice' });
}
