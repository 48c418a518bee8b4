// Drives the client for browsers in headless Chromium, against the binary, and reports which rows held.
//
//   node client.mjs <the program handstamp> <the folder with the built client>      CHROMIUM=/path/to/chromium to use another

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { Rows } from './rows.mjs';

const [program, dist] = process.argv.slice(2);
if (!dist) {
  console.error('usage: node client.mjs <the program handstamp> <the folder with the built client>');
  process.exit(2);
}

// How long an access token lasts, in seconds.
const LIFE = 3;

class Service {
  #child;

  // The port stays the same when the service is started again.
  constructor(state, port) {
    this.state = state;
    this.base = `http://127.0.0.1:${port}`;
  }

  async start() {
    const settings = {
      XDG_STATE_HOME: this.state,
      JWT_ACCESS_TOKEN_EXPIRES: `${LIFE}`,
      HANDSTAMP_REFRESH_GRACE: '1s',
    };
    this.#child = spawn(program, ['--listen', new URL(this.base).host], { env: { PATH: process.env.PATH, ...settings } });
    this.#child.stderr.resume();
    for await (const line of createInterface({ input: this.#child.stdout })) {
      if (!line.includes(this.base)) continue;
      this.#child.stdout.resume();
      return;
    }
    throw new Error('the service does not start');
  }

  async stop() {
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}

// A page of an application, which shows who is logged in.
const application = `<!doctype html>
<title>application</title>
<p id="who"></p>
<script type="module">
import { createClient } from '/client/index.js';
const { access, refresh } = await (await fetch('/names')).json();
window.client = createClient({ cookies: { access: access.csrf_cookie, refresh: refresh.csrf_cookie } });
window.shown = [];
client.onChange(({ session }) => {
  document.querySelector('#who').textContent = session?.subject ?? '';
  shown.push(session?.subject ?? null);
});
await client.session();
window.isReady = true;
</script>`;

// The same with React, whose StrictMode does everything twice.
const withReact = `
import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from './dist/index.js';
import { useSession } from './dist/react.js';
const { access, refresh } = await (await fetch('/names')).json();
const client = createClient({ cookies: { access: access.csrf_cookie, refresh: refresh.csrf_cookie } });
const Who = () => createElement('p', { id: 'who' }, useSession(client).session?.subject);
createRoot(document.querySelector('main')).render(createElement(StrictMode, null, createElement(Who)));
await client.session();
window.client = client;
window.isReady = true;
`;

// A tab with such a page.
async function open(context, base, path = '/application') {
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(base + path);
  await page.waitForFunction(() => window.isReady);
  return page;
}

const state = (page) => page.evaluate(() => {
  const { state, stale, session, error } = window.client.getSnapshot();
  return { state, stale, subject: session?.subject ?? null, error: error?.code ?? null };
});

const logIn = (page, username) => page.evaluate(async (username) => {
  await window.client.login({ username, password: username.replace('user', 'password') });
}, username);

// Returns the status, or the code of the client's error.
const request = (page, method, path, body) => page.evaluate(async ([method, path, body]) => {
  const init = { method, body: body && JSON.stringify(body), headers: body && { 'content-type': 'application/json' } };
  try {
    return (await window.client.fetch(path, init)).status;
  } catch (error) {
    return error.code ?? error.message;
  }
}, [method, path, body]);

// The generation of the session: it grows with each rotation.
async function generation(context, base) {
  const cookie = (await context.cookies(base)).find(({ name }) => name.startsWith('refresh_token_cookie'));
  return JSON.parse(Buffer.from(cookie.value.split('.')[1], 'base64url')).gen;
}

const pause = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));
const expired = () => pause(LIFE * 1000 + 500);

async function until(what) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await what()) return true;
    await pause(50);
  }
  return false;
}

// Returns a module with all that it imports, by the packages of the client.
async function bundled(source) {
  const { build } = await import(new URL('../client/node_modules/esbuild/lib/main.js', import.meta.url));
  const stdin = { contents: source, resolveDir: join(dist, '..') };
  const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', target: 'es2022', write: false });
  return outputFiles[0].text;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const rows = new Rows();
const folder = await mkdtemp(join(tmpdir(), 'handstamp-client-'));
const service = new Service(folder, await freePort());
let browser;
try {
  await service.start();
  const { base } = service;
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: ['--headless=new', '--no-sandbox', '--disable-background-networking'],
  });
  const context = await browser.newContext();
  const serve = (path, contentType, body) => context.route(base + path, (route) => route.fulfill({ contentType, body }));
  await serve('/application', 'text/html', application);
  await serve('/elsewhere', 'text/html', '<title>elsewhere</title>');
  await serve('/react', 'text/html', '<main></main><script type="module" src="/react.js"></script>');
  await serve('/react.js', 'text/javascript', await bundled(withReact));
  await context.route(`${base}/client/*`, async (route) => {
    const file = new URL(route.request().url()).pathname.split('/').at(-1);
    await route.fulfill({ contentType: 'text/javascript', body: await readFile(join(dist, file)) });
  });
  let refreshes = 0;
  context.on('request', (sent) => {
    if (sent.url() === `${base}/refresh`) refreshes += 1;
  });

  const first = await open(context, base);
  rows.check('a visitor is out', (await state(first)).state === 'out', await state(first));
  await logIn(first, 'user1');
  rows.check('a log-in is known', (await state(first)).subject === 'user1', await state(first));
  rows.check('a post has its CSRF header', (await request(first, 'POST', '/posts', { title: 'one' })) === 200);

  const tabs = [first];
  while (tabs.length < 10) tabs.push(await open(context, base));
  await expired();
  refreshes = 0;
  const before = await generation(context, base);
  const answers = await Promise.all(
    tabs.flatMap((tab) => [
      request(tab, 'GET', '/protected'),
      request(tab, 'POST', '/posts', { title: 'two' }),
      request(tab, 'GET', '/sessions'),
    ]),
  );
  rows.check('ten tabs with thirty requests at expiry: all are answered', answers.every((status) => status === 200), answers);
  rows.check('by at most ten refreshes', refreshes <= 10, refreshes);
  const after = await generation(context, base);
  rows.check('of which one rotates', after === before + 1, [before, after]);
  console.log(`# ten tabs: ${refreshes} refreshes`);

  const [second, third] = tabs.slice(1);
  await expired();
  await third.evaluate(() => {
    navigator.locks.request(`handstamp ${location.origin}/`, () => new Promise(() => {}));
  });
  const start = Date.now();
  const patient = await request(second, 'GET', '/protected');
  rows.check('a tab that holds the lock for ever is waited for, and then no longer', patient === 200, patient);
  console.log(`# waited ${Date.now() - start} ms for the lock`);
  await third.close();

  await expired();
  await context.setOffline(true);
  const offline = await request(second, 'GET', '/protected');
  rows.check('a request without a network fails', offline !== 200, offline);
  await second.evaluate(() => window.client.refresh());
  let now = await state(second);
  rows.check('and no one is logged out for it', now.state === 'in' && now.stale, now);
  await context.setOffline(false);
  const online = () => request(second, 'GET', '/protected');
  rows.check('with the network all goes on', await until(async () => (await online()) === 200), await state(second));

  await expired();
  await service.stop();
  await second.evaluate(() => window.client.refresh());
  now = await state(second);
  rows.check('a service that is away logs no one out', now.state === 'in' && now.stale, now);
  await service.start();
  rows.check('when it is back all goes on', await until(async () => (await online()) === 200), await state(second));

  await logIn(second, 'user2');
  const posted = await request(first, 'POST', '/posts', { title: 'not by user2' });
  rows.check('a page that was made for user1 does nothing as user2', posted === 'user_changed', posted);
  rows.check('and learns who is logged in', (await state(first)).subject === 'user2', await state(first));

  const react = await open(context, base, '/react');
  const who = () => react.textContent('#who');
  rows.check('React shows who is logged in', await until(async () => (await who()) === 'user2'), await who());
  await react.evaluate(() => window.client.logout());
  rows.check('and who is not', await until(async () => (await who()) === ''), await who());

  const left = await until(async () => (await state(first)).state === 'out');
  rows.check('a log-out in one tab reaches the others', left, await state(first));

  await logIn(first, 'user1');
  await first.evaluate(() => {
    window.shown.length = 0;
    window.isKept = true;
  });
  await first.goto(`${base}/elsewhere`);
  await react.evaluate(() => window.client.logout());
  await logIn(react, 'user2');
  await first.goBack();
  await first.waitForFunction(() => window.isReady);
  console.log(`# the page came ${(await first.evaluate(() => window.isKept)) ? 'from the back-forward cache' : 'anew'}`);
  const isSecond = await until(async () => (await first.textContent('#who')) === 'user2');
  rows.check('after the back button the page shows who is logged in now', isSecond, await first.textContent('#who'));
  const shown = await first.evaluate(() => window.shown);
  rows.check('and not who was before', !shown.includes('user1'), shown);
} catch (error) {
  rows.check('the scenario runs to its end', false, error.stack);
} finally {
  await browser?.close();
  await service.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exit(rows.end());
