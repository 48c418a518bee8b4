// What there is in a demo only: the claims of the tokens, and attacks on the own session.

import { act, pairs, wait } from '../answer.js';

const element = (id) => document.getElementById(id);
const pause = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));

const MEANINGS = {
  sub: 'who is logged in',
  type: 'what the token is for',
  exp: 'until when it is valid',
  iat: 'when it was issued',
  nbf: 'from when it is valid',
  auth_time: 'when the password was given',
  fresh: 'issued for the password, not by a refresh',
  csrf: 'what a request has to repeat in its header',
  sid: 'the session, in the store',
  gen: 'counts the exchanges of the refresh token',
  jti: 'the token itself',
};

let ends = [];
let asked = 0;

export function forgetClaims() {
  asked += 1;
  ends = [];
  element('tokens').replaceChildren();
}

// Shows the claims of both tokens of this user, with the time that is left.
export async function showClaims(subject) {
  asked += 1;
  const mine = asked;
  const response = await fetch('demo/claims').catch(() => undefined);
  // The first real user was added, and this is no demo any more.
  if (response?.status === 404) return location.reload();
  const { now, ...tokens } = response?.ok ? await response.json() : {};
  // Meanwhile it was asked again, or someone else has logged in.
  if (mine !== asked) return;
  if (!now || [tokens.access, tokens.refresh].some((claims) => claims && claims.sub !== subject)) return forgetClaims();
  // The clock of the browser may be wrong: only the time that passes counts.
  const start = performance.now() - now * 1000;
  ends = [];
  element('tokens').replaceChildren(
    ...Object.entries(tokens).map(([purpose, claims]) => {
      const part = document.createElement('div');
      const title = Object.assign(document.createElement('h3'), { textContent: `The ${purpose} token` });
      const left = Object.assign(document.createElement('p'), { className: 'left', textContent: 'The browser sends none.' });
      part.append(title, left);
      if (claims) {
        ends.push({ left, purpose, at: start + claims.exp * 1000 });
        const list = document.createElement('dl');
        list.append(...pairs(inOrder(claims)));
        part.append(list);
      }
      return part;
    }),
  );
  count();
}

const TIMES = ['exp', 'iat', 'nbf', 'auth_time'];

function inOrder(claims) {
  const known = Object.keys(MEANINGS).filter((name) => name in claims);
  const others = Object.keys(claims).filter((name) => !(name in MEANINGS));
  return [...known, ...others].map((name) => {
    const value = claims[name];
    const text = TIMES.includes(name) ? new Date(value * 1000).toLocaleString() : JSON.stringify(value);
    return [name, text, MEANINGS[name]];
  });
}

function count() {
  for (const { left, purpose, at } of ends) {
    const seconds = Math.ceil((at - performance.now()) / 1000);
    const over = purpose === 'access' ? 'The next request refreshes it.' : 'Log in again.';
    left.textContent = seconds > 0 ? `${duration(seconds)} left` : `It has expired. ${over}`;
  }
}

function duration(seconds) {
  const days = Math.floor(seconds / 86_400);
  const clock = new Date((seconds % 86_400) * 1000).toISOString().slice(11, 19);
  return days > 0 ? `${days} ${days > 1 ? 'days' : 'day'}, ${clock}` : clock;
}

// Shows the time, and once a token has expired or another tab may have refreshed it, whether there is a new one.
export function runClock(client) {
  let seconds = 0;
  setInterval(() => {
    if (document.visibilityState !== 'visible') return;
    count();
    seconds += 1;
    const subject = client.getSnapshot().session?.subject;
    const isDue = seconds % 5 === 0 && ends.some(({ at }) => at <= performance.now());
    if (subject && isDue) void showClaims(subject);
  }, 1000);
}

export function showDemoUsers() {
  const buttons = ['1', '2'].map((number) => {
    const [user, password] = [`user${number}`, `password${number}`];
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'pick' });
    button.textContent = `${user} / ${password}`;
    button.addEventListener('click', () => {
      element('username').value = user;
      element('password').value = password;
      element('log-in').click();
    });
    return button;
  });
  const text = document.createElement('p');
  const command = Object.assign(document.createElement('code'), { textContent: 'handstamp user add NAME' });
  text.append('Two users are there to try it with. They go away when you add your own, with ', command, '.');
  const row = document.createElement('p');
  row.append(...buttons);
  element('demo-users').replaceChildren(text, row);
}

// Sends a request as another page would, without the client.
function attack(traced, path, headers = {}) {
  const init = { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers } };
  return traced(path, { ...init, body: JSON.stringify({ title: 'a post of an attacker' }) });
}

// The attacks: what is done, and why it does not work.
const attacks = (client, traced, header) => [
  {
    name: 'Post without the CSRF value',
    what: 'As another site does that makes your browser send a request.',
    expects: 'missing_csrf_token',
    run: () => attack(traced, 'posts'),
    why: 'The cookie came along, as it does from anywhere. The value did not: the other site cannot read it.',
  },
  {
    name: 'Post with a wrong CSRF value',
    what: 'As an attacker does who guesses the value, or plants a cookie of his own.',
    expects: 'csrf_mismatch',
    run: () => attack(traced, 'posts', { [header]: 'AAAAAAAAAAAAAAAAAAAAAA' }),
    why: 'The header is compared with the value inside the signed token. A planted cookie changes nothing of that.',
  },
  {
    name: 'Write another name into the token',
    what: 'The access token says who you are. Here it says the other user, with the signature that it had.',
    expects: 'invalid_signature',
    run: () => traced('demo/forge', { method: 'POST' }),
    why: 'The signature is that of the original. To make another one takes the key of the service.',
  },
  {
    name: 'Use a copy of an old refresh token',
    what: 'As a thief does who copied it before it was exchanged. This takes two grace windows, of ten seconds each.',
    expects: 'refresh_reused',
    run: () => replay(client, traced),
    why: 'The token had been exchanged, and its successor was in use: one of the two is a copy. The session has ended for both.',
  },
  {
    name: 'Act as you, while someone else logs in',
    what: 'In another tab of this browser the other user logs in. This page was made for you, and posts.',
    expects: 'user_changed',
    run: async () => {
      const name = client.getSnapshot().session?.subject === 'user2' ? 'user1' : 'user2';
      const body = JSON.stringify({ username: name, password: name.replace('user', 'password') });
      const response = await fetch('login', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
      if (!response.ok) throw new Error(`${name} cannot log in: ${response.status}`);
      await client.fetch('posts', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"title":"x"}' });
    },
    why: 'Nothing was done as the other user: the client saw that the session is another one. The other user is logged in now.',
  },
  {
    name: 'Revoke this session on another device',
    what: 'As you would do on your phone after you lost this computer. Then this page reads a protected page.',
    expects: 'session_ended',
    run: async () => {
      const { id } = client.getSnapshot().session;
      const { ok, status } = await client.fetch(`sessions/${encodeURIComponent(id)}`, { method: 'DELETE' });
      if (!ok) throw new Error(`the session cannot be revoked: ${status}`);
      await traced('protected');
    },
    why: 'The token is right and has not expired, but the store is asked for its session at every request.',
  },
];

// Waits until the token has been exchanged and the grace window is over: within it, a copy gets the same answer as the
// owner, so that tabs that refresh at once stay logged in.
async function replay(client, traced) {
  const copied = await fetch('demo/copy', { method: 'POST' });
  if (!copied.ok) throw new Error(`no token can be copied: ${copied.status}`);
  const generation = async () => (await (await fetch('demo/claims')).json()).refresh?.gen;
  const first = await generation();
  const start = performance.now();
  const waited = () => `${Math.round((performance.now() - start) / 1000)} s`;
  while ((await generation()) === first) {
    wait(`Waiting until the token has been exchanged (${waited()}) …`);
    await client.refresh();
    const { state, error } = client.getSnapshot();
    if (state !== 'in' || performance.now() - start > 600_000) throw error ?? new Error('the token was not exchanged');
    await pause(1000);
  }
  // The successor is used, so that it is known to have arrived.
  await client.fetch('protected');
  for (;;) {
    const response = await traced('demo/replay', { method: 'POST' });
    if (!response.ok) return;
    wait(`The copy gets the same answer as the owner, within the grace window (${waited()}) …`);
    await pause(1000);
  }
}

// What is said of an attack that went another way.
function unexpected(status) {
  return status >= 200 && status < 300 ? 'The service did not refuse this.' : 'This was refused for another reason.';
}

export function showAttacks(client, traced, header) {
  element('attacks').replaceChildren(
    ...attacks(client, traced, header).map(({ name, what, expects, run, why }) => {
      const line = document.createElement('li');
      const text = document.createElement('div');
      const title = Object.assign(document.createElement('strong'), { textContent: name });
      const detail = Object.assign(document.createElement('p'), { className: 'detail', textContent: what });
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Try' });
      button.ariaLabel = `Try: ${name}`;
      text.append(title, detail);
      line.append(text, button);
      button.addEventListener('click', async () => {
        const attempt = async () => {
          // An access token that has expired would be refused for that.
          await client.session();
          await run();
        };
        await act(attempt, (code, status) => (code === expects ? why : unexpected(status)));
        await client.session();
      });
      return line;
    }),
  );
}
