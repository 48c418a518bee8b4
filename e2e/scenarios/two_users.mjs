// Two people use one browser. A refresh for the first is answered after the second has logged in, so that the jar
// holds cookies of both, or those of the first alone.

import { outcome } from '../attack.mjs';
import { mark, Visitor } from '../visitor.mjs';

const OUT = { status: 401, code: 'missing_token' };
const ENDED = { status: 401, code: 'session_ended' };

export default async function twoUsers({ browser, server, rows }) {
  const visitor = await Visitor.arrive(browser, server.origin('lax'));
  for (const [where, service, logOut] of [
    ['', 'lax', '/logout'],
    [' (a narrow refresh path, log-out below it)', 'narrow', '/refresh/logout'],
  ]) {
    const jar = Jar.of({ visitor, server, origin: server.origin(service) });
    const same = (sentence, seen, wanted) => rows.same(`${sentence}${where}`, seen, wanted);
    const check = (sentence, holds, seen) => rows.check(`${sentence}${where}`, holds, seen);

    // A refresh right after the log-in leaves the refresh cookie as it is; a later one sets all four.
    for (const [mixture, seconds, sets] of [
      ["the first user's access token and the second user's refresh token", 0, 2],
      ['the tokens of the first user alone', 60, 4],
    ]) {
      const users = await jar.mix(seconds);
      same(`the late answer to the first user sets ${mixture}`, users.late, { status: 200, sets });
      same(`with ${mixture} neither is let in`, await visitor.whoAmI(), ENDED);
      same(`with ${mixture} the page's log-out answers 200`, await jar.post(logOut, 'refresh'), { status: 200 });
      check('and leaves no cookie', (await visitor.context.cookies()).length === 0, await visitor.context.cookies());
      same('and nothing that refreshes', await visitor.send('POST', '/refresh', { csrf: users.second.csrf }), OUT);
      same("and the first user's session has ended", await jar.ask(users.first), ENDED);
      if (sets === 2) same("and the second user's as well", await jar.ask(users.second), ENDED);
    }

    const users = await jar.mix(0);
    await visitor.logIn('carol');
    same('a third user logs in over cookies of both', await visitor.whoAmI(), { status: 200, user: 'carol' });
    same('and refreshes', await jar.post('/refresh', 'refresh'), { status: 200 });
    // Outside of the path of the refresh cookies nothing tells of the second user.
    const second = service === 'lax' ? ENDED : { status: 200, user: 'bob' };
    same(`after which the second user's session ${service === 'lax' ? 'has ended' : 'lives on'}`, await jar.ask(users.second), second);
  }
  await logOutElsewhere({ visitor, server, rows });
  await visitor.leave();
}

// A log-out that is not below the path of the refresh cookie sees the first user's access token alone.
async function logOutElsewhere({ visitor, server, rows }) {
  const jar = Jar.of({ visitor, server, origin: server.origin('narrow') });
  const users = await jar.mix(0);
  const sentence = 'outside of the narrow path';
  rows.same(`${sentence} a log-out with the value of the refresh token is refused`, await jar.post('/logout', 'refresh'), { status: 403, code: 'csrf_mismatch' });
  rows.same(`${sentence} one with the value of the access token answers 200`, await jar.post('/logout', 'access'), { status: 200 });
  rows.check(`${sentence} it leaves no cookie`, (await visitor.context.cookies()).length === 0, await visitor.context.cookies());
  rows.same(`${sentence} nothing refreshes after it`, await visitor.send('POST', '/refresh', { csrf: users.second.csrf }), OUT);
  rows.same(`${sentence} the second user's session lives ON in the store`, await jar.ask(users.second), { status: 200, user: 'bob' });
}

class Jar {
  static of(parts) {
    return Object.assign(new Jar(), parts);
  }

  // Logs a first user in, and a second one while the answer to a refresh of the first is on its way.
  async mix(seconds) {
    await this.visitor.again('alice', this.origin);
    await this.server.send('POST', `${this.origin}/forward?seconds=${seconds}`);
    const first = await this.copy();
    const sent = mark();
    const late = this.post(`/refresh/slow?mark=${sent}`, 'refresh');
    await this.server.send('GET', `${this.origin}/slow/entered`);
    await this.visitor.logIn('bob');
    const second = await this.copy();
    await this.server.send('POST', `${this.origin}/slow/release`);
    await late;
    return { first, second, late: await outcome(this.server, sent) };
  }

  async copy() {
    const cookies = await this.visitor.context.cookies();
    return { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '), csrf: await this.visitor.read('csrf_refresh_token') };
  }

  ask({ cookie }) {
    return this.server.send('GET', `${this.origin}/api/v1/users/me`, { cookie });
  }

  async post(path, purpose) {
    return this.visitor.send('POST', path, { csrf: await this.visitor.read(`csrf_${purpose}_token`) });
  }
}
