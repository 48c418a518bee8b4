import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { find, updated } from '../src/cookies.js';
import { type Forwarded, type ForwardOptions, forward } from '../src/server.js';

interface Call {
  method: string;
  path: string;
  /** As they came, so that a header that was sent twice is seen twice. */
  headers: Map<string, string[]>;
  body: string;
}

/** What a path answers instead: status, body, and lines of Set-Cookie. */
type Answer = [number, unknown?, Record<string, string | string[]>?];

/** A service on a socket, where `good-user1` is an access token and `old-user1` one that has expired. */
let calls: Call[] = [];
const instead = new Map<string, Answer[]>();
const held = new Map<string, Promise<unknown>>();
let server: Server;
let base: string;

before(async () => {
  server = createServer(async (request, response) => {
    const call = await read(request);
    calls.push(call);
    await held.get(call.path);
    const [status, body = {}, headers = {}] = instead.get(call.path)?.shift() ?? answer(call);
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

afterEach(() => {
  calls = [];
  instead.clear();
  held.clear();
});

async function read(request: IncomingMessage): Promise<Call> {
  const headers = new Map<string, string[]>();
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = (request.rawHeaders[i] ?? '').toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), request.rawHeaders[i + 1] ?? '']);
  }
  let body = '';
  for await (const part of request.setEncoding('latin1')) body += part;
  return { method: request.method ?? '', path: request.url ?? '', headers, body };
}

function answer({ path, headers }: Call): Answer {
  const cookie = headers.get('cookie')?.[0] ?? '';
  const value = headers.get('x-csrf-token')?.[0];
  if (path === '/refresh') {
    const user = find(cookie, 'refresh_token_cookie');
    if (user === undefined) return [401, { code: 'missing_token' }];
    if (value !== `refresh-${user}`) return [403, { code: 'csrf_mismatch' }];
    const lines = [`access_token_cookie=good-${user}; HttpOnly; Path=/`, `csrf_access_token=next-${user}; Path=/`];
    return [200, {}, { 'set-cookie': lines }];
  }
  const token = find(cookie, 'access_token_cookie');
  if (token === undefined) return [401, { code: 'missing_token' }];
  const user = token.replace('good-', '');
  return token === user ? [401, { code: 'token_expired' }] : [200, { user }];
}

const cookies = (user: string, access = `good-${user}`) =>
  `access_token_cookie=${access}; csrf_access_token=access-${user}; ` +
  `refresh_token_cookie=${user}; csrf_refresh_token=refresh-${user}`;

const ownPage = { 'sec-fetch-site': 'same-origin' };

/** A visitor whose request had these headers. */
function visitor(headers: Record<string, string>, options: Partial<ForwardOptions> = {}): Forwarded {
  return forward({ headers: new Headers(headers) }, { baseUrl: base, address: undefined, ...options });
}

const expired = (headers: Record<string, string> = {}, options: Partial<ForwardOptions> = {}) =>
  visitor({ cookie: cookies('user1', 'old-user1'), ...headers }, options);

const post = { method: 'POST', body: 'a post' };
const counted = (path: string) => calls.filter((call) => call.path === path).length;
const last = (name: string) => calls.at(-1)?.headers.get(name);

test('the service is told what the browser said, once, and nothing else of it', async () => {
  const said = {
    cookie: 'a=1; b=\xe9',
    origin: 'https://app.example.com',
    'sec-fetch-site': 'cross-site',
    'user-agent': 'a browser',
  };
  const others = {
    'sec-fetch-dest': 'document',
    'sec-fetch-user': '?1',
    authorization: 'Bearer secret',
    connection: 'keep-alive, x-mine',
    forwarded: 'for=192.0.2.66',
    host: 'app.example.com',
    referer: 'https://app.example.com/secret',
    'x-csrf-token': 'forged',
    'x-forwarded-for': '192.0.2.66',
    'x-real-ip': '192.0.2.66',
  };
  const styles = { fetch: new Headers({ ...said, ...others }), node: { ...said, ...others, accept: undefined } };
  for (const [style, headers] of Object.entries(styles)) {
    await forward({ headers }, { baseUrl: base, address: '192.0.2.7' }).fetch('/page');
    for (const [name, value] of Object.entries(said)) assert.deepEqual(last(name), [value], `${style}: ${name}`);
    for (const name of [
      'sec-fetch-dest',
      'sec-fetch-user',
      'authorization',
      'forwarded',
      'referer',
      'x-csrf-token',
      'x-real-ip',
    ]) {
      assert.equal(last(name), undefined, `${style}: ${name}`);
    }
    assert.deepEqual(last('x-forwarded-for'), ['192.0.2.7'], style);
    assert.deepEqual(last('host'), [new URL(base).host], style);
    assert.deepEqual(last('connection'), ['keep-alive'], style);
    await forward({ headers }, { baseUrl: base, address: undefined }).fetch('/page');
    assert.equal(last('x-forwarded-for'), undefined, style);
  }
});

test('what the browser did not say is not invented, and not by a caller who passes headers on', async () => {
  const passed = {
    connection: 'keep-alive, upgrade',
    'content-length': '999',
    'content-type': 'text/x-post',
    cookie: 'access_token_cookie=good-user2',
    expect: '100-continue',
    host: 'app.example.com',
    origin: 'https://app.example.com',
    'sec-fetch-site': 'same-origin',
    'transfer-encoding': 'chunked',
    upgrade: 'websocket',
    'user-agent': 'another browser',
    'x-forwarded-for': '192.0.2.66',
  };
  await visitor({}).fetch('/page', { ...post, headers: passed });
  for (const name of ['cookie', 'origin', 'sec-fetch-site', 'upgrade', 'x-forwarded-for', 'x-csrf-token']) {
    assert.equal(last(name), undefined, name);
  }
  assert.notDeepEqual(last('user-agent'), ['another browser']);
  assert.deepEqual([last('content-type'), last('content-length')], [['text/x-post'], ['6']]);
});

test('the CSRF value goes along with what a page of the server itself has sent, and changes something', async () => {
  const cookie = cookies('user1');
  const own = { cookie, ...ownPage };
  const plain = { cookie, host: 'nas.lan:8080' };
  for (const [row, headers, method, path, value] of [
    ['a form of the page', own, 'POST', '/posts', 'access-user1'],
    ['the method in small letters', own, 'post', '/posts', 'access-user1'],
    ['a page that reads', own, 'GET', '/posts', undefined],
    ['the same in small letters', own, 'get', '/posts', undefined],
    ['a log-out', own, 'POST', '/logout', 'refresh-user1'],
    ['a refresh', own, 'POST', '/refresh', 'refresh-user1'],
    ['a path that only ends so', own, 'POST', '/posts/logout', 'access-user1'],
    ['a link of another site', { cookie, 'sec-fetch-site': 'cross-site' }, 'POST', '/posts', undefined],
    ['a page of a sibling', { cookie, 'sec-fetch-site': 'same-site' }, 'POST', '/posts', undefined],
    ['a link in a mail', { cookie, 'sec-fetch-site': 'none' }, 'POST', '/posts', undefined],
    ['two values', { cookie, 'sec-fetch-site': 'same-origin, cross-site' }, 'POST', '/posts', undefined],
    ['another site, log-out', { cookie, 'sec-fetch-site': 'cross-site' }, 'POST', '/logout', undefined],
    ['a browser that says nothing', plain, 'POST', '/posts', undefined],
    ['plain HTTP, its own page', { ...plain, origin: 'http://nas.lan:8080' }, 'POST', '/posts', 'access-user1'],
    ['plain HTTP, another port', { ...plain, origin: 'http://nas.lan' }, 'POST', '/posts', undefined],
    ['plain HTTP, another host', { ...plain, origin: 'http://evil.lan:8080' }, 'POST', '/posts', undefined],
    ['plain HTTP, a sandbox', { ...plain, origin: 'null' }, 'POST', '/posts', undefined],
    [
      'an origin, and a site that says no',
      { ...plain, origin: 'http://nas.lan:8080', 'sec-fetch-site': 'cross-site' },
      'POST',
      '/posts',
      undefined,
    ],
  ] as const) {
    await visitor(headers).fetch(path, { method });
    assert.equal(last('x-csrf-token')?.join(), value, row);
  }
});

test('a value that the caller gives stays, whatever the browser says', async () => {
  for (const site of ['same-origin', 'cross-site']) {
    const { fetch } = visitor({ cookie: cookies('user1'), 'sec-fetch-site': site });
    await fetch('/posts', { ...post, headers: { 'X-CSRF-Token': 'of a form' } });
    assert.deepEqual(last('x-csrf-token'), ['of a form'], site);
  }
});

test('names with a prefix come first, and names are options', async () => {
  for (const [row, cookie, options, value] of [
    ['a planted one before', 'csrf_access_token=planted; __Host-csrf_access_token=own', {}, 'own'],
    ['a name that only ends so', 'xcsrf_access_token=planted; csrf_access_token=own', {}, 'own'],
    ['a suffix', 'csrf_access_token=other; c_8000=own', { cookies: { access: 'c_8000' } }, 'own'],
    ['a value with =', 'csrf_access_token=a=b==', {}, 'a=b=='],
    ['none', 'a=b', {}, undefined],
    ['what is no cookie', ';;=; csrf_access_token; =csrf_access_token=x;', {}, undefined],
  ] as const) {
    await visitor({ cookie, ...ownPage }, options).fetch('/posts', post);
    assert.equal(last('x-csrf-token')?.join(), value, row);
  }
  await visitor({ cookie: cookies('user1'), ...ownPage }, { header: 'X-Other' }).fetch('/posts', post);
  assert.deepEqual(last('x-other'), ['access-user1']);
});

test('paths are options, and relative to the service', async () => {
  const options = { baseUrl: `${base}/api`, paths: { logout: 'session/end' } };
  const { fetch } = visitor({ cookie: cookies('user1'), ...ownPage }, options);
  await fetch(`${base}/api/session/end`, post);
  assert.deepEqual(last('x-csrf-token'), ['refresh-user1']);
  await fetch('posts', post);
  assert.equal(calls.at(-1)?.path, '/api/posts');
});

test('all lines of Set-Cookie come out, and later calls send what a browser would', async () => {
  const { fetch, setCookies } = visitor({ cookie: 'a=1; b=2; b=3; c=4' });
  const first = ['b=new; Path=/; Expires=Thu, 01 Jan 2026 00:00:00 GMT; Max-Age=9', 'd=5, 6; Path=/'];
  const second = [
    'a=; Max-Age=0; Path=/',
    'a=other; Path=/; Domain=example.com',
    'c=; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
  ];
  instead.set('/page', [[200, {}, { 'set-cookie': first }], [403, {}, { 'set-cookie': second }], [200], [200]]);
  await fetch('/page');
  assert.deepEqual(setCookies, first);
  await fetch('/page');
  assert.deepEqual(last('cookie'), ['a=1; c=4; b=new; d=5, 6']);
  await fetch('/page');
  assert.deepEqual(setCookies, [...first, ...second]);
  assert.deepEqual(last('cookie'), ['b=new; d=5, 6; a=other']);
  instead.set('/page', [[200, {}, { 'set-cookie': ['a=x; Max-Age=-1', 'b=x; max-age=0', 'd=x; MAX-AGE = 0'] }], [200]]);
  await fetch('/page');
  await fetch('/page');
  assert.equal(last('cookie'), undefined, 'no cookie is left');
});

test('a name in Set-Cookie is taken whole', () => {
  for (const [header, line, wanted] of [
    ['a=1', 'aa=2', 'a=1; aa=2'],
    ['aa=1', 'a=2', 'aa=1; a=2'],
    ['a=1', ' a =2; Path=/', 'a =2'],
    ['a=1', 'a=', 'a='],
    ['', 'a=1; Secure', 'a=1'],
    ['nameless', 'a=1', 'nameless; a=1'],
  ] as const) {
    assert.equal(updated(header, [line]), wanted, line);
  }
});

test('three calls at once with an expired token: all are answered, by one refresh', async () => {
  const { fetch, setCookies } = expired(ownPage);
  const answers = await Promise.all([fetch('/a'), fetch('/b', post), fetch('/c')]);
  for (const answer of answers) assert.deepEqual(await answer.json(), { user: 'user1' });
  assert.equal(counted('/refresh'), 1);
  assert.equal(setCookies.length, 2);
  const repeated = calls.filter(({ path }) => path === '/b')[1];
  assert.deepEqual([repeated?.headers.get('x-csrf-token'), repeated?.body], [['next-user1'], 'a post']);
});

test('a call that was slow to be refused causes no second refresh', async () => {
  const { fetch } = expired();
  let release = () => {};
  held.set('/slow', new Promise<void>((resolve) => (release = resolve)));
  const slow = fetch('/slow');
  assert.equal((await fetch('/fast')).status, 200);
  release();
  assert.equal((await slow).status, 200);
  assert.equal(counted('/refresh'), 1);
});

test('only a refusal that a refresh may cure causes one', async () => {
  for (const [row, first, refreshes] of [
    ['an expired token', [401, { code: 'token_expired' }], 1],
    ['a session that has ended elsewhere', [401, { code: 'session_ended' }], 1],
    ['a request for a password', [401, { code: 'fresh_token_required' }], 0],
    ['a 401 of a proxy', [401, '<h1>Unauthorized</h1>', { 'content-type': 'text/html' }], 0],
    ['a 401 that says it is JSON', [401, '<h1>Unauthorized</h1>'], 0],
    ['a 401 that does not say so', [401, '{"code":"token_expired"}', { 'content-type': 'text/plain' }], 0],
    ['a 401 of another API', [401, { error: 'no' }], 0],
    ['another status', [403, { code: 'token_expired' }], 0],
    ['an outage', [503, { code: 'store_unavailable' }], 0],
  ] as [string, Answer, number][]) {
    calls = [];
    instead.set('/page', [first]);
    const response = await visitor({ cookie: cookies('user1') }).fetch('/page');
    assert.equal(counted('/refresh'), refreshes, row);
    assert.equal(response.status, refreshes ? 200 : first[0], row);
    const said = await response.text();
    if (!refreshes) assert.equal(said, typeof first[1] === 'string' ? first[1] : JSON.stringify(first[1]), row);
  }
});

test('a stranger causes no refresh, and whoever may be a visitor does', async () => {
  const only = 'refresh_token_cookie=user1; csrf_refresh_token=refresh-user1';
  for (const [row, cookie, refreshes, status] of [
    ['no cookies', undefined, 0, 401],
    ['cookies of others', '_ga=1', 0, 401],
    ['the refresh token', only, 1, 200],
    ['an expired token of a service without CSRF values', 'access_token_cookie=old-user1', 1, 401],
  ] as const) {
    calls = [];
    const response = await visitor(cookie === undefined ? {} : { cookie }).fetch('/page');
    assert.deepEqual([counted('/refresh'), response.status], [refreshes, status], row);
  }
});

test('a request is repeated at most once, and a refresh is never', async () => {
  const { fetch } = expired(ownPage);
  instead.set('/page', Array(5).fill([401, { code: 'token_expired' }]));
  assert.equal((await fetch('/page')).status, 401);
  assert.deepEqual([counted('/page'), counted('/refresh')], [2, 1]);
  instead.set('/refresh', Array(5).fill([401, { code: 'session_ended' }]));
  assert.equal((await expired(ownPage).fetch('/refresh', { method: 'POST' })).status, 401);
  assert.equal(counted('/refresh'), 2);
});

test('a refresh that is refused leaves the refusal, and one that decides nothing is told', async () => {
  for (const [row, first, status, said] of [
    ['the session has ended', [401, { code: 'session_ended' }], 401, 'token_expired'],
    ['a wrong CSRF value', [403, { code: 'csrf_mismatch' }], 401, 'token_expired'],
    ['a redirect', [307, {}, { location: '/elsewhere' }], 401, 'token_expired'],
    ['too many', [429, { code: 'rate_limited' }], 429, 'rate_limited'],
    ['an outage', [503, { code: 'store_unavailable' }], 503, 'store_unavailable'],
  ] as [string, Answer, number, string][]) {
    instead.set('/refresh', [first]);
    const { fetch } = expired();
    for (const response of await Promise.all([fetch('/a'), fetch('/b')])) {
      assert.deepEqual([response.status, (await response.json()).code], [status, said], row);
    }
  }
  assert.equal(counted('/elsewhere'), 0);
});

test('a refresh that is not answered fails in time', async () => {
  let release = () => {};
  held.set('/refresh', new Promise<void>((resolve) => (release = resolve)));
  await assert.rejects(expired({}, { timeout: 50 }).fetch('/page'), { name: 'TimeoutError' });
  release();
});

test('a refresh is the own decision of the server: what brought the visitor is not held against it', async () => {
  const origin = 'https://other.example.com';
  for (const [row, headers, site] of [
    ['a link of another site', { 'sec-fetch-site': 'cross-site', origin }, undefined],
    ['the address bar', { 'sec-fetch-site': 'none' }, undefined],
    ['a link of the own page', ownPage, ['same-origin']],
  ] as const) {
    const response = await expired({ ...headers, 'user-agent': 'a browser' }, { address: '2001:db8::7' }).fetch(
      '/page',
    );
    assert.equal(response.status, 200, row);
    const refresh = calls.find(({ path }) => path === '/refresh');
    const seen = (name: string) => refresh?.headers.get(name);
    assert.deepEqual([seen('sec-fetch-site'), seen('origin')], [site, undefined], row);
    assert.deepEqual([seen('user-agent'), seen('x-forwarded-for')], [['a browser'], ['2001:db8::7']], row);
    calls = [];
  }
});

test('where cookies cannot be set there is no refresh, and its tokens are not used', async () => {
  let isOpen = false;
  const { fetch, setCookies } = expired({}, { canSetCookies: () => isOpen });
  assert.equal((await fetch('/page')).status, 401);
  assert.equal(counted('/refresh'), 0);

  isOpen = true;
  let release = () => {};
  held.set('/refresh', new Promise<void>((resolve) => (release = resolve)));
  const late = expired({}, { canSetCookies: () => isOpen });
  const page = late.fetch('/page');
  while (!counted('/refresh')) await new Promise((wake) => setTimeout(wake, 1));
  isOpen = false;
  release();
  assert.equal((await page).status, 401);
  await late.fetch('/page');
  assert.match(last('cookie')?.[0] ?? '', /old-user1/);
  assert.deepEqual([setCookies, late.setCookies], [[], []]);
});

test("Node's request and answer are taken as they are", async () => {
  const renderer = createServer(async (request, response) => {
    const visitor = forward(request, { baseUrl: base, address: request.socket.remoteAddress });
    const answer = await visitor.fetch('/page');
    response.setHeader('set-cookie', visitor.setCookies).end(await answer.text());
  }).listen(0, '127.0.0.1');
  await once(renderer, 'listening');
  const page = `http://127.0.0.1:${(renderer.address() as AddressInfo).port}/`;
  const headers = { cookie: cookies('user1', 'old-user1'), 'x-forwarded-for': '192.0.2.66' };
  const response = await fetch(page, { headers });
  assert.deepEqual(await response.json(), { user: 'user1' });
  assert.deepEqual(last('x-forwarded-for'), ['127.0.0.1']);
  assert.equal(response.headers.getSetCookie().length, 2);
  renderer.close();
  renderer.closeAllConnections();
});

test('visitors whose pages are made at the same time have nothing in common', async () => {
  let release = () => {};
  held.set('/held', new Promise<void>((resolve) => (release = resolve)));
  const first = expired();
  const second = visitor({ cookie: cookies('user2', 'old-user2') });
  const waiting = first.fetch('/held');
  assert.deepEqual(await (await second.fetch('/page')).json(), { user: 'user2' });
  release();
  assert.deepEqual(await (await waiting).json(), { user: 'user1' });
  assert.match(second.setCookies.join(), /good-user2/);
  assert.doesNotMatch(second.setCookies.join(), /user1/);
  assert.doesNotMatch(first.setCookies.join(), /user2/);
});

test('another origin gets nothing of the visitor, nor does a redirect to it', async () => {
  const other = base.replace('127.0.0.1', 'localhost');
  const address = '192.0.2.7';
  const headers = { cookie: cookies('user1'), origin: other, 'user-agent': 'a browser', ...ownPage };
  const { fetch, setCookies } = visitor(headers, { address });
  for (const input of [
    `${other}/page`,
    `//${other.slice(7)}/page`,
    new URL('/page', other),
    new Request(`${other}/page`),
  ]) {
    instead.set('/page', [[200, {}, { 'set-cookie': ['a=1'] }]]);
    await fetch(input, post);
    for (const name of ['cookie', 'origin', 'sec-fetch-site', 'x-csrf-token', 'x-forwarded-for']) {
      assert.equal(last(name), undefined, `${input} ${name}`);
    }
    assert.notDeepEqual(last('user-agent'), ['a browser']);
  }
  assert.deepEqual(setCookies, []);

  calls = [];
  const away = { location: `${other}/page`, 'set-cookie': ['b=2'] };
  instead.set('/away', [
    [307, {}, away],
    [307, {}, away],
  ]);
  const response = await fetch('/away', post);
  assert.deepEqual([response.status, response.headers.get('location'), calls.length], [307, away.location, 1]);
  assert.deepEqual(setCookies, ['b=2']);
  await assert.rejects(fetch('/away', { redirect: 'error' }), TypeError);
});

test('bodies are sent again byte for byte, and a stream once', async () => {
  const stream = () => new Blob(['stream']).stream();
  const request = () => new Request(`${base}/posts`, post);
  async function* parts() {
    yield new TextEncoder().encode('parts');
  }
  for (const [row, input, init, bodies] of [
    ['bytes', '/posts', { body: new Uint8Array([0, 255, 10]) }, ['\0\xff\n', '\0\xff\n']],
    ['a blob', '/posts', { body: new Blob(['blob']) }, ['blob', 'blob']],
    ['fields', '/posts', { body: new URLSearchParams({ a: 'ä' }) }, ['a=%C3%A4', 'a=%C3%A4']],
    ['a stream', '/posts', { body: stream(), duplex: 'half' }, ['stream']],
    ['an iterable', '/posts', { body: parts(), duplex: 'half' }, ['parts']],
    ['a request with a body', request(), undefined, ['a post']],
    ['a request with another body', request(), { body: 'b' }, ['b', 'b']],
    ['a request without one', new Request(`${base}/posts`, { method: 'DELETE' }), undefined, ['', '']],
  ] as [string, string | Request, RequestInit | undefined, string[]][]) {
    calls = [];
    await expired(ownPage).fetch(input, typeof input === 'string' ? { method: 'POST', ...init } : init);
    const sent = calls.filter(({ path }) => path === '/posts');
    assert.deepEqual(
      sent.map(({ body }) => body),
      bodies,
      row,
    );
    assert.ok(
      sent.every(({ headers }) => headers.has('x-csrf-token')),
      row,
    );
  }
});

test('the headers of a request arrive, unless the caller gives others', async () => {
  const request = () => new Request(`${base}/posts`, { ...post, headers: { 'x-mine': 'of the request' } });
  await visitor({}).fetch(request());
  assert.deepEqual(last('x-mine'), ['of the request']);
  await visitor({}).fetch(request(), { headers: { 'x-mine': 'of the caller' } });
  assert.deepEqual(last('x-mine'), ['of the caller']);
});

test('a caller who has given up waits for nothing', async () => {
  const caller = new AbortController();
  held.set('/page', new Promise(() => {}));
  const page = visitor({}).fetch('/page', { signal: caller.signal });
  setTimeout(() => caller.abort(), 20);
  await assert.rejects(page, { name: 'AbortError' });
});

test('what cannot be a header, or an address, is an error at once', () => {
  const bad = (headers: Record<string, string>, address?: string) => () =>
    forward({ headers }, { baseUrl: base, address });
  assert.throws(bad({ cookie: 'a=1\r\nx-forwarded-for: 192.0.2.66' }), TypeError);
  assert.throws(bad({ 'user-agent': 'a\nb' }), TypeError);
  for (const address of ['192.0.2.66, 192.0.2.7', '192.0.2.7\r\nx: y', 'unknown', '']) {
    assert.throws(bad({}, address), { message: `address: ${JSON.stringify(address)} is not one IP address` });
  }
  assert.throws(() => forward({ headers: {} }, { baseUrl: '/api', address: undefined }), { code: 'ERR_INVALID_URL' });
});

test('an address without its zone', async () => {
  await visitor({}, { address: 'fe80::1%eth0' }).fetch('/page');
  assert.deepEqual(last('x-forwarded-for'), ['fe80::1']);
});

test('a cookie header as large as a service takes arrives whole', async () => {
  const cookie = `${cookies('user1')}; large=${'x'.repeat(12_000)}`;
  await visitor({ cookie }).fetch('/page');
  assert.deepEqual(last('cookie'), [cookie]);
});

test('nothing is kept of an answer', async () => {
  const seen: unknown[] = [];
  const call: typeof fetch = (input, init) => {
    seen.push(init?.cache);
    return fetch(input, init);
  };
  await expired({}, { fetch: call }).fetch('/page', { cache: 'force-cache' });
  assert.deepEqual(seen, ['no-store', 'no-store', 'no-store']);
});
