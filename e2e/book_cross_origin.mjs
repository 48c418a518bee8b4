// A page and an API on two origins, as docs/cross-origin.md has them, in Chromium: the API on axum and on actix-web, the
// names that are one site and two, and what the browser says when a piece is missing; and the sign-up and the change of
// the password of docs/passwords-and-roles.md.
//
//   node book_cross_origin.mjs <the folder with the programs of the book>

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { launch } from './browser.mjs';
import { Rows } from './rows.mjs';

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node book_cross_origin.mjs <the folder with the programs of the book>');
  process.exit(2);
}
const read = (path) => readFile(new URL(path, import.meta.url), 'utf8');
// What pages are served, by their addresses.
const files = {
  '/': '<script type="module">window.hand = await import("./by_hand.js");</script>',
  '/by_hand.js': await read('../book/cross_origin/by_hand.js'),
  '/index.html': await read('../examples/cross-origin/src/page.html'),
  '/page.js': await read('../examples/cross-origin/src/page.js'),
  '/accounts.html': await read('../book/cross_origin/accounts.html'),
  '/accounts.js': await read('../book/cross_origin/accounts.js'),
  '/handstamp.js': await read('../examples/cross-origin/src/handstamp.js'),
};
const rows = new Rows();
const running = [];

async function listen(handler) {
  const server = createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.push(() => server.close());
  return server.address().port;
}

// A page and an API with these host names. `change` may alter what the API answers, or answer in its place.
async function site({ program = 'cross_origin', page = 'localhost', api = 'localhost', settings = {}, change = () => {} }) {
  let upstream;
  const front = await listen((asked, answer) => {
    const { method, url: path, headers } = asked;
    if (change(asked, answer) === 'answered') return;
    const onward = request({ host: '127.0.0.1', port: upstream, method, path, headers }, (came) => {
      change(asked, came);
      answer.writeHead(came.statusCode, came.headers);
      came.pipe(answer);
    });
    asked.pipe(onward);
  });
  const apiOrigin = `http://${api}:${front}`;
  const pages = await listen((asked, answer) => {
    const file = files[asked.url];
    if (!file) return answer.writeHead(404).end();
    answer.writeHead(200, { 'content-type': asked.url.endsWith('.js') ? 'text/javascript' : 'text/html' });
    return answer.end(file.replace(/http:\/\/localhost:8000|API_ORIGIN/, apiOrigin));
  });
  const pageOrigin = `http://${page}:${pages}`;
  const secret = 'a secret of the tests, longer than thirty-two bytes';
  const origins = { PORT: '0', API_ORIGIN: apiOrigin, PAGE_ORIGIN: pageOrigin };
  const env = { ...origins, JWT_SECRET_KEY: secret, JWT_COOKIE_SECURE: 'false', RUST_LOG: 'off', ...settings };
  // A program with a database keeps it where it is started.
  const cwd = await mkdtemp(join(tmpdir(), 'handstamp-book-'));
  const child = spawn(resolve(folder, program), { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await rm(cwd, { recursive: true });
  });
  const lines = createInterface(child.stdout);
  const line = await new Promise((found) => {
    lines.on('line', (said) => said.startsWith('listening') && found(said));
  });
  upstream = Number(line.match(/:(\d+)$/)[1]);
  return pageOrigin;
}

// A tab at the page, with what the console said.
async function open(context, origin) {
  const tab = await context.newPage();
  tab.said = '';
  tab.on('console', (message) => {
    tab.said += `${message.text()}\n`;
  });
  await load(tab, origin);
  return tab;
}

async function load(tab, origin) {
  await tab.goto(origin);
  await tab.waitForFunction(() => window.hand);
}

const session = (tab) => tab.evaluate(() => hand.session());
const send = (tab, method, path, form) =>
  tab.evaluate(
    async (call) => {
      try {
        const answer = await hand.send(...call);
        return answer.ok ? answer.status : `${answer.status} ${(await answer.json()).code}`;
      } catch (error) {
        return error.message;
      }
    },
    [method, path, form],
  );
const USER = { username: 'user1', password: 'password1' };
const logIn = (tab) => send(tab, 'POST', '/login', USER);
const post = (tab) => send(tab, 'POST', '/posts', { title: 'x' });

const browser = await launch('none', { thirdPartyCookies: false });
try {
  for (const program of ['cross_origin', 'cross_origin_actix']) {
    const origin = await site({ program, settings: { JWT_ACCESS_TOKEN_EXPIRES: '8' } });
    const context = await browser.newContext();
    const tab = await open(context, origin);
    rows.check(`${program}: at first no one is logged in`, (await session(tab)) === null);
    rows.check(`${program}: a log-in`, (await logIn(tab)) === 200);
    rows.check(`${program}: a post with the value of the log-in`, (await post(tab)) === 200);
    rows.check(`${program}: script reads no cookie`, (await tab.evaluate(() => document.cookie)) === '');
    await load(tab, origin);
    const refused = await post(tab);
    rows.check(`${program}: a post before the page has asked is refused`, refused === '403 missing_csrf_token', refused);
    rows.check(`${program}: after a reload it is in`, (await session(tab)) === 'user1');
    rows.check(`${program}: and posts`, (await post(tab)) === 200);
    await tab.waitForTimeout(9500);
    await load(tab, origin);
    rows.check(`${program}: after a reload with an expired token it is in`, (await session(tab)) === 'user1');
    rows.check(`${program}: and posts`, (await post(tab)) === 200);
    rows.check(`${program}: a log-out`, (await send(tab, 'POST', '/logout')) === 200);
    await load(tab, origin);
    rows.check(`${program}: after it no one is logged in`, (await session(tab)) === null);
    await context.close();
  }

  for (const program of ['cross_origin', 'cross_origin_actix']) {
    const context = await browser.newContext();
    const tab = await context.newPage();
    const says = async (id, text) => {
      const given = ([id, text]) => document.getElementById(id)?.textContent.includes(text);
      await tab.waitForFunction(given, [id, text], { timeout: 10_000 }).catch(() => {});
      return (await tab.textContent(`#${id}`)) ?? '';
    };
    await tab.goto(`${await site({ program })}/index.html`);
    for (const [sentence, act, id, text] of [
      ['at first it says that no one is logged in', () => {}, 'status', 'not logged in'],
      ['logs in', () => tab.click('#login button'), 'status', 'You are user1'],
      ['posts', () => tab.click('#post button'), 'said', 'user1 posted'],
      ['is in after a reload', () => tab.reload(), 'status', 'You are user1'],
      ['posts again', () => tab.click('#post button'), 'said', 'user1 posted'],
      ['logs out', () => tab.click('#logout'), 'status', 'not logged in'],
    ]) {
      await act();
      const seen = await says(id, text);
      rows.check(`${program}, the page of the book: ${sentence}`, seen.includes(text), seen);
    }
    await context.close();
  }

  for (const program of ['existing_app_cross_origin', 'existing_app_cross_origin_actix']) {
    const origin = await site({ program });
    const [laptop, phone] = [await browser.newContext(), await browser.newContext()];
    const [tab, other] = [await laptop.newPage(), await phone.newPage()];
    let refusals = [];
    tab.on('response', (answer) => answer.status() >= 400 && refusals.push(`${answer.status()} ${new URL(answer.url()).pathname}`));
    const fill = async (at, form, fields) => {
      for (const [name, value] of Object.entries(fields)) await at.fill(`#${form} [name=${name}]`, value);
      await at.click(`#${form} button`);
    };
    const logIn = (at, password) => fill(at, 'login', { username: 'alice', password });
    const NEW = 'a new and longer password';
    const reload = async () => {
      refusals = [];
      await other.reload();
    };
    for (const [sentence, act, at, id, text] of [
      ['no one is logged in', () => tab.goto(`${origin}/accounts.html`), tab, 'status', 'not logged in'],
      ['a wrong password is said in words', () => logIn(tab, 'guessed'), tab, 'said', 'Invalid username or password'],
      ['a sign-up logs in', () => fill(tab, 'sign-up', { username: 'alice', email: 'a@example.com', password: 'first password' }), tab, 'status', 'You are logged in'],
      ['a second browser is there', () => other.goto(`${origin}/accounts.html`), other, 'status', 'not logged in'],
      ['the name is taken', () => fill(other, 'sign-up', { username: 'alice', email: 'b@example.com', password: 'x' }), other, 'said', 'This name or address is taken'],
      ['it logs in', () => logIn(other, 'first password'), other, 'status', 'You are logged in'],
      ['a wrong current password is said in words', () => fill(tab, 'password', { current: 'guessed', new: NEW }), tab, 'said', 'The current password is another one'],
      ['the password is changed', () => fill(tab, 'password', { current: 'first password', new: NEW }), tab, 'said', 'The password is changed'],
      ['the second browser is out', reload, other, 'status', 'not logged in'],
      ['the page has the new CSRF value', () => fill(tab, 'password', { current: NEW, new: 'a third password' }), tab, 'said', 'The password is changed'],
      ['it is in after a reload', () => tab.reload(), tab, 'status', 'You are logged in'],
      ['and logs out everywhere', () => tab.click('#everywhere'), tab, 'status', 'not logged in'],
    ]) {
      await act();
      const given = ([id, text]) => document.getElementById(id)?.textContent.includes(text);
      await at.waitForFunction(given, [id, text], { timeout: 10_000 }).catch(() => {});
      const seen = (await at.textContent(`#${id}`)) ?? '';
      rows.check(`${program}: ${sentence}`, seen.includes(text), seen);
      if (sentence === 'the page has the new CSRF value') {
        rows.check(`${program}: and was not refused for the old one`, refusals.length === 0, refusals);
      }
    }
    await laptop.close();
    await phone.close();
  }

  const partitioned = {
    JWT_COOKIE_SAMESITE: 'none',
    JWT_COOKIE_SECURE: 'true',
    HANDSTAMP_COOKIE_PARTITIONED: 'true',
  };
  for (const [page, api, settings, subject] of [
    ['localhost', 'localhost', {}, 'user1'],
    ['app.test.localhost', 'api.test.localhost', {}, 'user1'],
    ['app.localhost', 'api.localhost', {}, null],
    ['127.0.0.1', 'localhost', {}, null],
    ['app.localhost', 'api.localhost', partitioned, 'user1'],
    ['127.0.0.1', 'localhost', partitioned, 'user1'],
    ['app.localhost', 'api.localhost', { ...partitioned, HANDSTAMP_COOKIE_PARTITIONED: 'false' }, null],
  ]) {
    const origin = await site({ page, api, settings });
    const context = await browser.newContext();
    const tab = await open(context, origin);
    const status = await logIn(tab);
    const seen = await session(tab);
    const cookies = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const sentence = `${page} and ${api} ${cookies.join(' ')}: ${subject ? 'logged in' : '200, and no one is logged in'}`;
    rows.check(sentence, status === 200 && seen === subject, [status, seen, tab.said]);
    await context.close();
  }

  const lose = (name) => (_, answer) => {
    if (answer.headers) delete answer.headers[name];
  };
  const say = (name, value) => (_, answer) => {
    if (answer.headers?.[name]) answer.headers[name] = value;
  };
  const refusePreflights = ({ method }, answer) => {
    if (method !== 'OPTIONS' || answer.headers) return undefined;
    answer.writeHead(401).end();
    return 'answered';
  };
  for (const [sentence, change, call, words] of [
    ['no Access-Control-Allow-Origin', lose('access-control-allow-origin'), logIn, "No 'Access-Control-Allow-Origin' header is present"],
    ['a wildcard', say('access-control-allow-origin', '*'), logIn, "must not be the wildcard '*' when the request's credentials mode is 'include'"],
    ['no Access-Control-Allow-Credentials', lose('access-control-allow-credentials'), logIn, "'Access-Control-Allow-Credentials' header in the response is ''"],
    ['x-csrf-token is not among the headers', say('access-control-allow-headers', 'content-type'), post, 'Request header field x-csrf-token is not allowed'],
    ['DELETE is not among the methods', say('access-control-allow-methods', 'GET,POST'), (tab) => send(tab, 'DELETE', '/sessions/x'), 'Method DELETE is not allowed'],
    ['preflights are refused', refusePreflights, post, "Response to preflight request doesn't pass access control check"],
  ]) {
    let isMissing = false;
    const origin = await site({ change: (asked, answer) => (isMissing ? change(asked, answer) : undefined) });
    const context = await browser.newContext();
    const tab = await open(context, origin);
    const before = await logIn(tab);
    isMissing = true;
    await call(tab);
    rows.check(`${sentence}: the console says it`, before === 200 && tab.said.includes(words), [before, tab.said]);
    await context.close();
  }

  const origin = await site({ settings: { HANDSTAMP_TRUSTED_ORIGINS: 'http://localhost:1' } });
  const status = await logIn(await open(await browser.newContext(), origin));
  rows.check('an origin that is not trusted: 403', /^403 (origin_not_allowed|cross_site_request)$/.test(status), status);
} finally {
  await browser.close();
  for (const end of running) await end();
}
process.exit(rows.end());
