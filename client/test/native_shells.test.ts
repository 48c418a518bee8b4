// Runs the example of docs/native-shells.md.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ENDING, REFRESHED } from '../src/codes.js';
import { answer, ORIGIN, refused } from './service.js';

interface TokenClient {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  login(form: unknown): Promise<void>;
  logout(): Promise<void>;
}

const page = readFileSync(new URL('../../docs/native-shells.md', import.meta.url), 'utf8');
const source = page.match(/^```js\n(.*?)^```/ms)?.[1];
assert.ok(source, 'the page has an example');
const example = await import(`data:text/javascript,${encodeURIComponent(`${source}\nexport { REFRESHED, ENDING };`)}`);
const createTokenClient: (service: string, store: Store, send?: typeof fetch) => TokenClient =
  example.createTokenClient;

/** What the operating system keeps, and what was done to it and to the service, in order. */
class Store {
  token: string | null = null;
  isBroken = false;
  constructor(readonly log: string[] = []) {}
  async read() {
    return this.token;
  }
  async write(token: string) {
    if (this.isBroken) throw new Error('the store is broken');
    this.log.push(`write ${token}`);
    this.token = token;
  }
  async remove() {
    this.log.push('remove');
    this.token = null;
  }
}

/** A service with tokens in headers. Its refresh tokens are r1, r2, …, and its access tokens a1, a2, … */
class TokenService {
  readonly log: string[] = [];
  readonly requests: Request[] = [];
  generation = 0;
  issued = 0;
  /** Whether an access token of this generation was used: until then the former refresh token is good as well. */
  isUsed = false;
  /** The access token that is good. */
  access = '';
  /** What a path answers instead, once for each entry. */
  instead = new Map<string, (Response | Error)[]>();
  /** What a path waits for before it answers. */
  held = new Map<string, Promise<unknown>>();

  fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    this.requests.push(request);
    const path = new URL(request.url).pathname;
    const token = request.headers.get('authorization')?.replace('Bearer ', '') ?? 'nothing';
    this.log.push(`${path} ${token}`);
    const ended = new Promise((_, reject) =>
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
    );
    await Promise.race([this.held.get(path), ended]);
    const instead = this.instead.get(path)?.shift();
    if (instead instanceof Error) throw instead;
    return instead ?? this.#answer(path, token);
  };

  count(path: string): number {
    return this.log.filter((line) => line.startsWith(`${path} `)).length;
  }

  async called(path: string) {
    for (let turns = 0; this.count(path) === 0; turns += 1) {
      assert.ok(turns < 1_000, `${path} is not called`);
      await new Promise(setImmediate);
    }
  }

  #answer(path: string, token: string): Response {
    if (path === '/native/logout') return new Response(null, { status: 204 });
    if (path === '/native/login') return this.#pair();
    if (path === '/native/refresh' && token === `r${this.generation - 1}` && !this.isUsed) return this.#pair(0);
    if (path === '/native/refresh')
      return token === `r${this.generation}` ? this.#pair() : refused(401, 'refresh_reused');
    if (token !== this.access) return refused(401, 'token_expired');
    this.isUsed = true;
    return answer(200, { user: 'user1' });
  }

  #pair(step = 1): Response {
    this.generation += step;
    this.isUsed = false;
    this.issued += 1;
    this.access = `a${this.issued}`;
    return answer(200, { access_token: this.access, refresh_token: `r${this.generation}`, token_type: 'bearer' });
  }
}

/** A program in which user1 is logged in. */
async function inside() {
  const service = new TokenService();
  const store = new Store(service.log);
  const client = createTokenClient(ORIGIN, store, service.fetch);
  await client.login({ username: 'user1', password: 'password1' });
  service.log.length = 0;
  return { service, store, client };
}

/** Something to wait for. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const post = { method: 'POST', body: 'a post' };

test('the example knows the codes of the service', () => {
  // Not the types of AuthX, whose style a shell need not understand.
  const codes = (known: ReadonlySet<string>) => new Set([...known].filter((code) => code === code.toLowerCase()));
  assert.deepEqual(new Set(example.REFRESHED), codes(REFRESHED));
  assert.deepEqual(new Set(example.ENDING), codes(ENDING));
});

test('tokens go in the header, and no cookie and no redirect takes part', async () => {
  const { service, client } = await inside();
  await client.fetch('/posts', { ...post, credentials: 'include', headers: { 'x-a': 'b' } });
  const last = service.requests.at(-1);
  assert.equal(last?.headers.get('authorization'), 'Bearer a1');
  assert.equal(last.headers.get('x-a'), 'b');
  for (const { credentials, redirect } of service.requests)
    assert.deepEqual([credentials, redirect], ['omit', 'error']);
});

test('a path that would lead to another host is not called', async () => {
  const { service, client } = await inside();
  for (const path of ['@evil.example/', '.evil.example/', 'https://evil.example/', ':81/']) {
    await assert.rejects(client.fetch(path), TypeError, path);
  }
  assert.deepEqual(service.log, []);
});

test('a program that starts refreshes first, and writes the new token before it uses the access token', async () => {
  const { service, store } = await inside();
  const client = createTokenClient(ORIGIN, store, service.fetch);
  assert.equal((await client.fetch('/posts', post)).status, 200);
  assert.deepEqual(service.log, ['/native/refresh r1', 'write r2', '/posts a2']);
});

test('where nobody is logged in no token is sent', async () => {
  const service = new TokenService();
  const client = createTokenClient(ORIGIN, new Store(), service.fetch);
  assert.equal((await client.fetch('/posts')).status, 401);
  assert.deepEqual(service.log, ['/posts nothing']);
});

test('thirty requests with an expired token: all are answered, by one refresh', async () => {
  const { service, client } = await inside();
  service.access = 'gone';
  const all = Array.from({ length: 30 }, () => client.fetch('/posts', post));
  for (const response of await Promise.all(all)) assert.equal(response.status, 200);
  assert.equal(service.count('/native/refresh'), 1);
});

test('a refusal that comes after the refresh of another request causes no second one', async () => {
  const { service, client } = await inside();
  const late = gate();
  service.instead.set('/late', [refused(401, 'token_expired')]);
  service.held.set('/late', late.opened);
  const waiting = client.fetch('/late');
  service.access = 'gone';
  await client.fetch('/posts');
  late.open();
  await waiting;
  assert.equal(service.count('/native/refresh'), 1);
  assert.equal(service.log.at(-1), '/late a2');
});

test('a request is sent at most twice, and only for a refusal that a refresh may cure', async () => {
  const rows: [string, () => Response, number, number][] = [
    ['expired, again and again', () => refused(401, 'token_expired'), 2, 1],
    ['a request for a password', () => refused(401, 'fresh_token_required'), 1, 0],
    ['a 401 of a proxy', () => answer(401, '<h1>Unauthorized</h1>'), 1, 0],
    ['a missing scope', () => refused(403, 'insufficient_scope'), 1, 0],
    ['an outage', () => refused(503, 'store_unavailable'), 1, 0],
    ['a code with another status', () => refused(403, 'session_ended'), 1, 0],
  ];
  for (const [row, first, sent, refreshes] of rows) {
    const { service, client } = await inside();
    service.instead.set('/posts', [first(), first(), first()]);
    const response = await client.fetch('/posts');
    assert.equal(response.status, first().status, row);
    assert.equal(await response.text(), await first().text(), row);
    assert.deepEqual([service.count('/posts'), service.count('/native/refresh')], [sent, refreshes], row);
  }
});

test('of the answers to a refresh, only one that ends the session logs out', async () => {
  const rows: [string, Response | Error, boolean][] = [
    ['the session has ended', refused(401, 'session_ended'), false],
    ['a copy was used', refused(401, 'refresh_reused'), false],
    ['an access token in its place', refused(401, 'refresh_token_required'), true],
    ['a 401 of a proxy', answer(401, 'no'), true],
    ['a code with another status', refused(500, 'session_ended'), true],
    ['too many', refused(429, 'rate_limited'), true],
    ['an outage', refused(503, 'store_unavailable'), true],
    ['the page of a hotel', answer(200, '<h1>Welcome</h1>'), true],
    ['an answer without tokens', answer(200, {}), true],
    ['no network', new TypeError('fetch failed'), true],
  ];
  for (const [row, first, stays] of rows) {
    const { service, store, client } = await inside();
    service.access = 'gone';
    service.instead.set('/native/refresh', [first]);
    const request = client.fetch('/posts');
    if (stays) await assert.rejects(request, row);
    else assert.equal((await request).status, 401, row);
    assert.equal(store.token, stays ? 'r1' : null, row);
    assert.equal((await client.fetch('/posts')).status, stays ? 200 : 401, row);
    assert.equal(service.log.at(-1), stays ? '/posts a2' : '/posts nothing', row);
  }
});

test('a service that is away is left alone for as long as it says', async () => {
  const { service, client } = await inside();
  service.access = 'gone';
  const away = { code: 'store_unavailable' };
  service.instead.set('/native/refresh', [answer(503, away, { 'retry-after': '1' })]);
  await assert.rejects(client.fetch('/posts'), away);
  await assert.rejects(client.fetch('/posts'), away);
  assert.equal(service.count('/native/refresh'), 1);
  await sleep(1_100);
  assert.equal((await client.fetch('/posts')).status, 200);
});

test('an answer that does not come is waited for 8 seconds', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { service, store, client } = await inside();
  service.access = 'gone';
  service.held.set('/native/refresh', new Promise(() => {}));
  const request = assert.rejects(client.fetch('/posts'), { name: 'AbortError' });
  await service.called('/native/refresh');
  context.mock.timers.tick(8_000);
  await request;
  assert.equal(store.token, 'r1');
});

test('while the store is broken no access token is used, and the program goes on when it works again', async () => {
  const { service, store, client } = await inside();
  service.access = 'gone';
  store.isBroken = true;
  for (let tries = 0; tries < 2; tries += 1) await assert.rejects(client.fetch('/posts'), /the store is broken/);
  store.isBroken = false;
  assert.equal((await client.fetch('/posts')).status, 200);
  const requests = service.log.filter((line) => line.startsWith('/posts'));
  assert.deepEqual([store.token, requests], ['r2', ['/posts a1', '/posts a1', '/posts a1', '/posts a4']]);
});

test('a log-out waits for the refresh, and its late answer undoes nothing', async () => {
  const { service, store, client } = await inside();
  service.access = 'gone';
  const late = gate();
  service.held.set('/native/refresh', late.opened);
  const request = client.fetch('/posts');
  await service.called('/native/refresh');
  const out = client.logout();
  late.open();
  await Promise.all([request, out]);
  assert.equal(store.token, null);
  assert.equal(service.log.filter((line) => line.startsWith('/native')).at(-1), '/native/logout r2');
});

test('a log-out that could not be done is an error, and can be tried again', async () => {
  const { service, store, client } = await inside();
  service.instead.set('/native/logout', [refused(503, 'store_unavailable')]);
  await assert.rejects(client.logout(), { code: 'store_unavailable' });
  assert.equal(store.token, 'r1');
  await client.logout();
  assert.deepEqual([store.token, service.log.at(-2)], [null, '/native/logout r1']);
  await client.fetch('/posts');
  assert.equal(service.log.at(-1), '/posts nothing');
});

test('a request of one user is not sent again for another', async () => {
  const { service, client } = await inside();
  const late = gate();
  service.held.set('/posts', late.opened);
  const request = client.fetch('/posts', post);
  await client.logout();
  await client.login({ username: 'user2', password: 'password2' });
  late.open();
  assert.equal((await request).status, 401);
  assert.equal(service.count('/posts'), 1);
});

test('a session that ends leaves the log-in of another process alone', async () => {
  const { service, store, client } = await inside();
  service.access = 'gone';
  const late = gate();
  service.held.set('/native/refresh', late.opened);
  service.instead.set('/native/refresh', [refused(401, 'session_ended')]);
  const request = client.fetch('/posts');
  await service.called('/native/refresh');
  store.token = 'of another process';
  late.open();
  await request;
  assert.equal(store.token, 'of another process');
});

const program = process.env.HANDSTAMP_CROSS_ORIGIN;
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill();
});

/**
 * The example `cross-origin`, which keeps sessions and takes tokens from headers. It sets its tokens as cookies: this moves
 * them to where the routes of the page have them.
 */
async function real(): Promise<typeof fetch> {
  assert.ok(program);
  const settings = { JWT_TOKEN_LOCATION: 'headers', HANDSTAMP_REFRESH_GRACE: '1s', PORT: '0', PAGE_PORT: '0' };
  const env = { ...settings, JWT_SECRET_KEY: 'a secret of the tests, longer than thirty-two bytes' };
  const child = spawn(program, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const origin = line.split(' ').at(-1);
  return async (input, init) => {
    const path = new URL(String(input)).pathname.replace('/native', '');
    // As a page at file:// says. The log-in of this example is one for browsers, and would refuse it.
    const headers = new Headers(init?.headers);
    if (path !== '/login') headers.set('origin', 'null');
    const response = await fetch(origin + path, { ...init, headers });
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]?.split('=') ?? []);
    const token = (purpose: string) => cookies.find(([name]) => name?.startsWith(`${purpose}_token_cookie`))?.[1];
    if (!response.ok || !token('access') || !init?.body) return response;
    // A refresh that answers with the token that was sent sets no cookie for it.
    const sent = headers.get('authorization')?.replace('Bearer ', '');
    return answer(200, {
      access_token: token('access'),
      refresh_token: token('refresh') ?? sent,
      token_type: 'bearer',
    });
  };
}

const user1 = { username: 'user1', password: 'password1' };
const title = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"title":"a post"}' };
const skip = program ? false : 'HANDSTAMP_CROSS_ORIGIN, the path of the example, is not set';

test('the service takes a post with a header, without a CSRF value and from the origin null', { skip }, async () => {
  const store = new Store();
  const client = createTokenClient('http://service', store, await real());
  await client.login(user1);
  const response = await client.fetch('/posts', title);
  assert.deepEqual([response.status, await response.json()], [200, { title: 'a post', user: 'user1' }]);
  await client.logout();
  assert.equal(store.token, null);
  assert.equal((await client.fetch('/posts', title)).status, 401);
});

test('a program that is killed before it writes goes on, and one that loses what it used does not', {
  skip,
}, async () => {
  const send = await real();
  const store = new Store();
  const start = () => createTokenClient('http://service', store, send);
  const first = start();
  await first.login(user1);
  await first.fetch('/posts', title);
  const before = store.token;
  await sleep(1_100);
  store.isBroken = true;
  for (const wait of [0, 1_100]) {
    await sleep(wait);
    await assert.rejects(start().fetch('/posts', title), /the store is broken/);
  }
  store.isBroken = false;
  assert.equal(store.token, before);
  await sleep(1_100);
  assert.equal((await start().fetch('/posts', title)).status, 200);
  assert.notEqual(store.token, before);
  store.token = before;
  await sleep(1_100);
  assert.equal((await start().fetch('/posts', title)).status, 401);
  assert.equal(store.token, null);
});
