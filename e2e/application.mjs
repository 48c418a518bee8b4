// An application that uses the client for browsers: its pages, and behind them, at the same origin, a service. What
// goes wrong on the way to the service goes wrong here.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Proxy } from './proxy.mjs';

// How long an access token lasts, in seconds.
const LIFE = 3;

export class Application extends Proxy {
  // What the service was asked for: `at`, `method`, `path`, and the `status` of its answer.
  calls = [];
  #dist;
  #pages = new Map([
    ['/application', ['text/html', page('{ cookies: await names(), timeout: Number(asked.get("timeout") ?? 8000) }')]],
    ['/elsewhere', ['text/html', '<title>elsewhere</title><link rel="icon" href="data:,">']],
  ]);
  #lost = new Set();
  #held = new Map();

  static async start(dist) {
    const application = new Application();
    application.#dist = dist;
    await application.comeBack();
    application.base = `http://127.0.0.1:${application.port}`;
    return application;
  }

  serve(path, type, text) {
    this.#pages.set(path, [type, text]);
  }

  // The next answer of this path is lost on its way to the browser.
  lose(path) {
    this.#lost.add(path);
  }

  // No answer of this path arrives before the function that is returned was called.
  hold(path) {
    let release;
    this.#held.set(path, new Promise((resolve) => { release = resolve; }));
    return () => {
      this.#held.delete(path);
      release();
    };
  }

  // How often a path was asked for since this time.
  count(path, since = 0) {
    return this.calls.filter((call) => call.path === path && call.method !== 'OPTIONS' && call.at >= since).length;
  }

  async pass(asked, answer) {
    // A browser repeats by itself what got no answer over a connection that has served before.
    answer.shouldKeepAlive = false;
    const { pathname: path } = new URL(asked.url, this.base);
    const [type, text] = this.#pages.get(path) ?? (await this.#file(path)) ?? [];
    if (type) {
      answer.writeHead(200, { 'content-type': type });
      answer.end(text);
      return;
    }
    const call = { at: Date.now(), method: asked.method, path };
    this.calls.push(call);
    const held = this.#held.get(path);
    const isLost = this.#lost.delete(path);
    super.pass(asked, answer, async ({ statusCode }) => {
      call.status = statusCode;
      await held;
      if (isLost) answer.destroy();
    });
  }

  async #file(path) {
    const [, name] = /^\/client\/(\w+\.js)$/.exec(path) ?? [];
    return name && ['text/javascript', await readFile(join(this.#dist, name))];
  }
}

// A page that shows who is logged in.
export const page = (options) => `<!doctype html>
<title>application</title>
<link rel="icon" href="data:,">
<p id="who"></p>
<script type="module">
import { createClient } from '/client/index.js';
const asked = new URLSearchParams(location.search);
async function names() {
  const { access, refresh } = await (await fetch('/names')).json();
  return { access: access.csrf_cookie, refresh: refresh.csrf_cookie };
}
window.client = createClient(${options});
window.shown = [];
client.onChange(({ session }) => {
  document.querySelector('#who').textContent = session?.subject ?? '';
  shown.push(session?.subject ?? null);
});
await client.session();
window.isReady = true;
</script>`;

export class Service {
  #child;
  #command;
  #environment;
  #port;

  // `command` is a program that listens on $PORT and says where, with its arguments.
  constructor(command, settings) {
    this.#command = command;
    this.#environment = {
      PATH: process.env.PATH,
      JWT_ACCESS_TOKEN_EXPIRES: `${LIFE}`,
      // A token is rotated once in this time.
      HANDSTAMP_REFRESH_GRACE: '1s',
      ...settings,
    };
  }

  // The port stays the same when the service is started again.
  async start() {
    const [program, ...args] = this.#command;
    this.#port ??= await freePort();
    this.base = `http://127.0.0.1:${this.#port}`;
    const env = { ...this.#environment, PORT: this.#port };
    this.#child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.on('error', () => {});
    let said = '';
    this.#child.stderr.on('data', (data) => { said += data; });
    for await (const line of createInterface({ input: this.#child.stdout })) {
      if (!line.includes(this.base)) continue;
      this.#child.stdout.resume();
      return;
    }
    throw new Error(`${program} does not start: ${said}`);
  }

  async stop() {
    const { exitCode, signalCode } = this.#child;
    if (!this.#child.pid || exitCode !== null || signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await once(this.#child, 'exit');
  }
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// Fails when this does not end in time: a tab in which something never ends would be waited for for ever.
export async function within(milliseconds, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${milliseconds} ms`)), milliseconds);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

// The functions below are for a tab of Playwright and of Puppeteer.

// Opens a tab with a page of the application.
export async function open(context, application, path = '/application') {
  const tab = await context.newPage();
  tab.setDefaultTimeout(10_000);
  await tab.goto(application.base + path);
  await tab.waitForFunction(() => window.isReady);
  return tab;
}

export const state = (tab) => tab.evaluate(() => {
  const { state, stale, session, error } = window.client.getSnapshot();
  return { state, stale, subject: session?.subject ?? null, error: error?.code ?? null };
});

export const logIn = (tab, username, more) => tab.evaluate(async ([username, more]) => {
  await window.client.login({ username, password: username.replace('user', 'password'), ...more });
}, [username, more]);

export const logOut = (tab) => tab.evaluate(async () => { await window.client.logout(); });

export const refresh = (tab) => tab.evaluate(async () => { await window.client.refresh(); });

// Returns the status, or the code of the client's error.
export const request = (tab, method, path, body) => tab.evaluate(async ([method, path, body]) => {
  const init = { method, signal: AbortSignal.timeout(10_000) };
  if (body) Object.assign(init, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  try {
    return (await window.client.fetch(path, init)).status;
  } catch (error) {
    return typeof error.code === 'string' ? error.code : error.message;
  }
}, [method, path, body]);

export const shown = (tab) => tab.evaluate(() => document.querySelector('#who').textContent);

// Waits until the access token has expired.
export async function expired(tab, url = '/protected') {
  const isRefused = () =>
    tab.evaluate(async (url) => (await fetch(url, { credentials: 'include' })).status === 401, url);
  if (!(await until(isRefused))) throw new Error('the access token does not expire');
}

// The generation of the session, which grows with each rotation.
export async function generation(context, application) {
  const cookies = await context.cookies(application.base);
  const { value } = cookies.find(({ name }) => name.startsWith('refresh_token_cookie'));
  return JSON.parse(Buffer.from(value.split('.')[1], 'base64url')).gen;
}

export const pause = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));

// Returns whether this has become so.
export async function until(isSo, limit = 10_000) {
  for (const end = Date.now() + limit; Date.now() < end; ) {
    if (await isSo()) return true;
    await pause(50);
  }
  return false;
}
