import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { type Client, ClientError, createClient } from '../src/index.js';
import { type Answer, ORIGIN, Service } from './service.js';

const clients: Client[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
  for (const name of ['document', 'location', 'window']) Reflect.deleteProperty(globalThis, name);
});

/** What a page of this origin is to the client, with these cookies that script can read. */
function page(cookie: string, origin = ORIGIN) {
  const href = `${origin}/`;
  const document = Object.assign(new EventTarget(), { cookie, baseURI: href, visibilityState: 'visible' });
  Object.assign(globalThis, { document, location: { origin, href }, window: new EventTarget() });
  return document;
}

/** A client of a service at which user1 is logged in. */
async function inside(options: Parameters<typeof createClient>[0] = {}) {
  const service = new Service();
  const client = createClient({ baseUrl: ORIGIN, fetch: service.fetch, ...options });
  clients.push(client);
  await client.login({ username: 'user1', password: 'password1' });
  service.calls.length = 0;
  return { service, client };
}

const post = { method: 'POST', body: 'a post' };

test('a log-in tells who is logged in', async () => {
  const { client } = await inside();
  const { state, stale, session } = client.getSnapshot();
  assert.deepEqual(
    { state, stale, session },
    {
      state: 'in',
      stale: false,
      session: { subject: 'user1', expiresIn: 900, fresh: false, scopes: [], id: 's' },
    },
  );
});

test('before anything was asked nothing is known', () => {
  const client = createClient({ baseUrl: ORIGIN });
  assert.deepEqual(client.getSnapshot(), { state: 'unknown', stale: false, session: null, error: null });
});

test('options that are undefined have their defaults, and a URL of no web server is refused', async () => {
  const { service } = await inside({ paths: { login: undefined }, cookies: { access: undefined } });
  assert.deepEqual([...service.seen.keys()], ['/login', '/session']);
  for (const baseUrl of ['localhost:8000', 'ftp://example.com']) {
    assert.throws(() => createClient({ baseUrl }), { name: 'TypeError', message: new RegExp(`baseUrl: ${baseUrl} `) });
  }
});

test('a call that fails says where and why', async () => {
  const { service, client } = await inside();
  for (const [instead, code, message] of [
    ['network', 'network', `${ORIGIN}/login: fetch failed`],
    [[404, ''], 'http', `${ORIGIN}/login: 404`],
    [[429, { code: 'rate_limited', message: 'Later.' }], 'rate_limited', 'Later.'],
  ] as const) {
    service.instead.set('/login', [instead as Answer]);
    const error = await client.login({}).catch((error) => error);
    assert.ok(error instanceof ClientError && error instanceof Error);
    assert.deepEqual([error.name, error.code, error.message], ['ClientError', code, message]);
    assert.equal(error.cause instanceof TypeError, code === 'network');
  }
  client.dispose();
  await assert.rejects(client.login({}), { code: 'aborted', message: `${ORIGIN}/login: the client was disposed` });
});

test('the CSRF value goes along with what changes something, and to no other origin', async () => {
  for (const [url, init, value] of [
    ['/posts', post, 'first'],
    ['/posts', { method: 'GET' }, null],
    ['https://other.example.com/posts', post, null],
  ] as const) {
    const { service, client } = await inside();
    await client.fetch(new URL(url, ORIGIN), init);
    assert.equal(service.seen.get('/posts')?.get('x-csrf-token') ?? null, value, url);
  }
});

test('thirty requests with an expired token: all are answered, by one refresh', async () => {
  const { service, client } = await inside();
  service.access = false;
  const all = Array.from({ length: 30 }, () => client.fetch(`${ORIGIN}/posts`, post));
  for (const response of await Promise.all(all)) assert.equal(response.status, 200);
  assert.equal(service.count('/refresh'), 1);
});

test('a proactive client refreshes before a request whose token is about to expire', async () => {
  for (const [proactive, lasts, calls] of [
    [false, 1, ['GET /posts']],
    [true, 1, ['POST /refresh', 'GET /posts']],
    [true, 900, ['GET /posts']],
  ] as const) {
    const { service, client } = await inside({ proactive });
    const said = { csrf: 'first', refresh_csrf: 'first', expires_in: lasts };
    service.instead.set('/refresh', [[200, said]]);
    await client.refresh();
    assert.equal(client.getSnapshot().session?.expiresIn, lasts);
    service.calls.length = 0;
    assert.equal((await client.fetch(`${ORIGIN}/posts`)).status, 200);
    assert.deepEqual(service.calls, calls, `${proactive}, ${lasts} s`);
  }
});

test('a proactive refresh that fails keeps no request back', async () => {
  const { service, client } = await inside({ proactive: true });
  service.instead.set('/refresh', [
    [200, { csrf: 'first', expires_in: 1 }],
    [503, {}],
  ]);
  await client.refresh();
  assert.equal((await client.fetch(`${ORIGIN}/posts`)).status, 200);
  assert.equal(client.getSnapshot().stale, true);
});

test('an abort ends the wait for a proactive refresh', async () => {
  const { service, client } = await inside({ proactive: true });
  service.instead.set('/refresh', [[200, { csrf: 'first', expires_in: 1 }]]);
  await client.refresh();
  service.held.set('/refresh', new Promise(() => {}));
  const signal = AbortSignal.timeout(20);
  await assert.rejects(client.fetch(`${ORIGIN}/posts`, { signal }), { name: 'TimeoutError' });
});

test('a refusal that comes after a refresh causes no second one', async () => {
  const { service, client } = await inside();
  service.access = false;
  let release = () => {};
  service.held.set(
    '/posts',
    new Promise<void>((done) => {
      release = done;
    }),
  );
  service.instead.set('/posts', [[401, { code: 'token_expired' }]]);
  const late = client.fetch(`${ORIGIN}/posts`, post);
  await client.refresh();
  release();
  assert.equal((await late).status, 200);
  assert.equal(service.count('/refresh'), 1);
});

test('a page that is away has no open channel, and hears of the others again when it comes back', async () => {
  page('csrf_access_token=first; csrf_refresh_token=first');
  const { service, client } = await inside();
  const hears = async () => {
    service.calls.length = 0;
    const other = new BroadcastChannel(`handstamp ${ORIGIN}/`);
    other.postMessage(null);
    await new Promise((done) => setTimeout(done, 20));
    other.close();
    return service.count('/session');
  };
  assert.equal(await hears(), 1, 'while it is shown');
  const { window } = globalThis;
  window.dispatchEvent(new Event('pagehide'));
  assert.equal(await hears(), 0, 'while it is away');
  window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  await client.session();
  assert.equal(await hears(), 1, 'once it is back');
});

test('a service that answers again is asked who is logged in', async () => {
  const { service, client } = await inside();
  service.instead.set('/refresh', [[503, { code: 'busy' }]]);
  await client.refresh();
  assert.equal(client.getSnapshot().stale, true);
  await client.fetch(`${ORIGIN}/posts`);
  assert.equal(service.count('/session'), 0, 'not before it may be');
  await new Promise((done) => setTimeout(done, 2_100));
  await client.fetch(`${ORIGIN}/posts`);
  await new Promise((done) => setTimeout(done, 20));
  assert.equal(service.count('/session'), 1);
  assert.equal(client.getSnapshot().stale, false);
});

test('no ordinary answer logs out, and one that a refresh may cure causes one', async () => {
  const rows: [string, Exclude<Answer, 'network'>, number][] = [
    ['an expired token', [401, { code: 'token_expired' }], 1],
    ['a session that has ended elsewhere', [401, { code: 'session_ended' }], 1],
    ['a request for a password', [401, { code: 'fresh_token_required' }], 0],
    ['a token of another kind', [401, { code: 'login_type_mismatch' }], 0],
    ['several cookies', [401, { code: 'ambiguous_cookie' }], 0],
    ['a 401 of a proxy', [401, '<h1>Unauthorized</h1>'], 0],
    ['a 401 of another API', [401, { error: 'no' }], 0],
    ['a missing scope', [403, { code: 'insufficient_scope' }], 0],
    ['an outage', [503, { code: 'store_unavailable' }], 0],
  ];
  for (const [row, first, refreshes] of rows) {
    const { service, client } = await inside();
    service.instead.set('/posts', [first]);
    const response = await client.fetch(`${ORIGIN}/posts`);
    assert.equal(service.count('/refresh'), refreshes, row);
    assert.equal(response.status, refreshes ? 200 : first[0], row);
    assert.equal(client.getSnapshot().state, 'in', row);
  }
});

test('of the answers to a refresh, only one that ends the session logs out', async () => {
  const rows: [string, Answer, string, boolean][] = [
    ['the session has ended', [401, { code: 'session_ended' }], 'out', false],
    ['a copy was used', [401, { code: 'refresh_reused' }], 'out', false],
    ['no refresh token', [401, { code: 'missing_token' }], 'out', false],
    ['several cookies', [401, { code: 'ambiguous_cookie' }], 'in', true],
    ['a 401 of a proxy', [401, 'no'], 'in', true],
    ['a wrong CSRF value', [403, { code: 'csrf_mismatch' }], 'in', true],
    ['too many', [429, { code: 'rate_limited' }], 'in', true],
    ['an outage', [503, { code: 'store_unavailable' }], 'in', true],
    ['no network', 'network', 'in', true],
  ];
  for (const [row, first, state, stale] of rows) {
    const { service, client } = await inside();
    service.instead.set('/refresh', [first]);
    const now = await client.refresh();
    assert.deepEqual([now.state, now.stale], [state, stale], row);
    assert.ok(now.error, row);
  }
});

test('where no one is logged in, no request causes a refresh', async () => {
  const { service, client } = await inside();
  await client.logout();
  service.calls.length = 0;
  const response = await client.fetch(`${ORIGIN}/posts`);
  assert.deepEqual([response.status, service.calls], [401, ['GET /posts']]);
});

test('a request is repeated at most once', async () => {
  const { service, client } = await inside();
  service.instead.set('/posts', Array(5).fill([401, { code: 'token_expired' }]));
  const response = await client.fetch(`${ORIGIN}/posts`);
  assert.equal(response.status, 401);
  assert.deepEqual([service.count('/posts'), service.count('/refresh')], [2, 1]);
});

test('a body is sent again byte for byte', async () => {
  for (const body of ['text', new Uint8Array([0, 255, 10]), new Blob(['blob']), new URLSearchParams({ a: 'ä' })]) {
    const { service, client } = await inside();
    service.access = false;
    await client.fetch(`${ORIGIN}/posts`, { method: 'POST', body });
    assert.deepEqual(service.bodies, [await new Response(body).text()]);
  }
});

test('a stream is sent once, and its refusal is handed on', async () => {
  const { service, client } = await inside();
  service.access = false;
  const init = { method: 'POST', body: new Blob(['stream']).stream(), duplex: 'half' } as RequestInit;
  const response = await client.fetch(`${ORIGIN}/posts`, init);
  assert.equal(response.status, 401);
  assert.equal(service.count('/posts'), 1);
});

test('while the service is away it is left alone for as long as it says', async () => {
  const { service, client } = await inside();
  service.access = false;
  service.instead.set('/refresh', [[503, { code: 'store_unavailable' }, { 'retry-after': '60' }]]);
  for (let request = 0; request < 5; request += 1) {
    const response = await client.fetch(`${ORIGIN}/posts`);
    assert.equal(response.status, 401);
  }
  assert.equal(service.count('/refresh'), 1);
  assert.equal(client.getSnapshot().error?.retryAfter, 60_000);
});

test('a service that does not answer is given up', async () => {
  const { service, client } = await inside({ timeout: 50 });
  service.held.set('/refresh', new Promise(() => {}));
  const { state, stale, error } = await client.refresh();
  assert.deepEqual([state, stale, error?.code], ['in', true, 'timeout']);
});

test('a log-out that could not be done is none', async () => {
  for (const instead of [[503, { code: 'store_unavailable' }], 'network'] as Answer[]) {
    const { service, client } = await inside();
    service.instead.set('/logout', [instead]);
    await assert.rejects(client.logout());
    assert.equal(client.getSnapshot().state, 'in');
    assert.equal((await client.logout()).state, 'out');
  }
});

test('the late answer of a refresh does not undo a log-out', async () => {
  const { service, client } = await inside();
  let answer = () => {};
  service.held.set(
    '/refresh',
    new Promise<void>((done) => {
      answer = done;
    }),
  );
  const refreshed = client.refresh();
  await client.logout();
  answer();
  await refreshed;
  assert.equal(client.getSnapshot().state, 'out');
});

test('a wrong password leaves everything as it is', async () => {
  const { service, client } = await inside();
  service.instead.set('/login', [[401, { message: 'Invalid username or password' }]]);
  await assert.rejects(client.login({}), { message: 'Invalid username or password', status: 401 });
  assert.equal(client.getSnapshot().state, 'in');
});

test('cookies that the browser does not take are said', async () => {
  const service = new Service();
  const client = createClient({ baseUrl: ORIGIN, fetch: service.fetch });
  service.instead.set('/session', [[200, { subject: null }]]);
  await assert.rejects(client.login({ username: 'user1' }), { code: 'no_cookies' });
});

test('the same user who has logged in again is served with the new value', async () => {
  const { service, client } = await inside();
  service.csrf = 'second';
  const response = await client.fetch(`${ORIGIN}/posts`, post);
  assert.equal(response.status, 200);
  assert.deepEqual(service.bodies, ['a post']);
});

test('nothing is done as another user than the page was made for', async () => {
  const { service, client } = await inside();
  Object.assign(service, { csrf: 'second', subject: 'user2' });
  await assert.rejects(client.fetch(`${ORIGIN}/posts`, post), { code: 'user_changed' });
  assert.deepEqual(service.bodies, []);
  assert.equal(client.getSnapshot().session?.subject, 'user2');
});

test('where script can read the cookie, another user is noticed before a request that only reads', async () => {
  const document = page('csrf_access_token=first');
  const { service, client } = await inside();
  Object.assign(service, { csrf: 'second', subject: 'user2' });
  document.cookie = 'other=1; csrf_access_token=second';
  await assert.rejects(client.fetch(`${ORIGIN}/posts`), { code: 'user_changed' });
  assert.equal(service.count('/posts'), 0);
});

test('a name with a prefix, which no other host can set, goes before one without', async () => {
  page('csrf_access_token=planted; __Host-csrf_access_token=first');
  const { service, client } = await inside();
  await client.fetch(`${ORIGIN}/posts`, post);
  assert.equal(service.seen.get('/posts')?.get('x-csrf-token'), 'first');
});

test('a request that outlives its page has its header at once, and no second try', async () => {
  const { service, client } = await inside();
  service.access = false;
  const sent = client.fetch(`${ORIGIN}/posts`, { ...post, keepalive: true });
  assert.deepEqual(service.calls, ['POST /posts']);
  assert.equal((await sent).status, 401);
  assert.equal(service.seen.get('/posts')?.get('x-csrf-token'), 'first');
});

test("a caller's signal ends his request, and not the refresh that others wait for", async () => {
  const { service, client } = await inside();
  service.access = false;
  let answer = () => {};
  service.held.set(
    '/refresh',
    new Promise<void>((done) => {
      answer = done;
    }),
  );
  const caller = new AbortController();
  const mine = client.fetch(`${ORIGIN}/posts`, { signal: caller.signal });
  const another = client.fetch(`${ORIGIN}/posts`);
  await new Promise((done) => setTimeout(done, 10));
  caller.abort();
  answer();
  await assert.rejects(mine, { name: 'AbortError' });
  assert.equal((await another).status, 200);
});

test('a token is made to last before what the client does not send', async () => {
  const { service, client } = await inside();
  await client.ready();
  assert.equal(service.count('/refresh'), 0);
  await client.ready(1000);
  assert.equal(service.count('/refresh'), 1);
});

test('listeners are told what was and what is', async () => {
  const { client } = await inside();
  const seen: string[] = [];
  const end = client.onChange((now, before) => seen.push(`${before.state} ${now.state}`));
  await client.logout();
  end();
  await client.login({ username: 'user2' });
  assert.deepEqual(seen, ['in out']);
});

test('another tab that logs in or out is heard of', async () => {
  page('');
  const { service, client } = await inside();
  const other = createClient({ baseUrl: ORIGIN, fetch: service.fetch });
  clients.push(other);
  await other.session();
  const told = new Promise<void>((done) => client.subscribe(done));
  await other.logout();
  await told;
  assert.equal(client.getSnapshot().state, 'out');
});

test('everything works where there are no locks, and where they throw or refuse', async (t) => {
  const rows: [string, unknown][] = [
    ['no locks, as on plain HTTP', undefined],
    ['locks that refuse, as in some frames', { request: () => Promise.reject(new Error('SecurityError')) }],
  ];
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  t.after(() => {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else Reflect.deleteProperty(globalThis, 'navigator');
  });
  for (const [row, locks] of rows) {
    Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
    const { service, client } = await inside();
    service.access = false;
    assert.equal((await client.fetch(`${ORIGIN}/posts`)).status, 200, row);
    assert.equal((await client.logout()).state, 'out', row);
  }
});

test('a hidden page asks nothing until it is shown', async () => {
  const document = page('');
  const { service, client } = await inside();
  const other = createClient({ baseUrl: ORIGIN, fetch: service.fetch });
  clients.push(other);
  await other.session();
  document.visibilityState = 'hidden';
  await other.logout();
  await new Promise((done) => setTimeout(done, 50));
  service.calls.length = 0;
  assert.equal(client.getSnapshot().state, 'in');
  document.visibilityState = 'visible';
  const told = new Promise<void>((done) => client.subscribe(done));
  document.dispatchEvent(new Event('visibilitychange'));
  await told;
  assert.equal(client.getSnapshot().state, 'out');
});

/** Another user logs in, in another tab of the browser. */
function another(service: Service, document?: { cookie: string }) {
  Object.assign(service, { csrf: 'second', subject: 'user2', access: true });
  if (document) document.cookie = 'csrf_access_token=second; csrf_refresh_token=second';
}

test('whenever another user comes, nothing is sent in his name', async () => {
  const rows: [string, (service: Service, client: Client, document: { cookie: string }) => Promise<unknown>][] = [
    [
      'while the first try is under way',
      (service, client, document) => {
        service.access = false;
        service.held.set('/posts', new Promise<void>((done) => setTimeout(done, 20)));
        const sent = client.fetch(`${ORIGIN}/posts`, post);
        setTimeout(() => {
          another(service, document);
          service.access = false;
        }, 10);
        return sent;
      },
    ],
    [
      'before a refresh',
      async (service, client, document) => {
        another(service, document);
        const asked = client.fetch(`${ORIGIN}/posts`, post);
        await client.refresh();
        return asked;
      },
    ],
    [
      'before a request that outlives its page',
      (service, client, document) => {
        another(service, document);
        return client.fetch(`${ORIGIN}/posts`, { ...post, keepalive: true });
      },
    ],
    [
      'before a page comes back from the back-forward cache',
      (service, client, document) => {
        another(service, document);
        globalThis.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
        return client.fetch(`${ORIGIN}/posts`, post);
      },
    ],
  ];
  for (const [row, act] of rows) {
    const document = page('csrf_access_token=first; csrf_refresh_token=first');
    const { service, client } = await inside();
    await assert.rejects(act(service, client, document), { code: 'user_changed' }, row);
    assert.deepEqual(service.bodies, [], row);
  }
});

test('what is asked for is in the name of the user that the application has heard of', async () => {
  for (const [row, hear, isSent] of [
    ['not of the new one', async () => {}, false],
    ['not of the new one, and the request outlives its page', async () => {}, false],
    ['by an error', (client: Client) => client.fetch(`${ORIGIN}/posts`, post).catch(() => {}), false],
    ['by asking', (client: Client) => client.session(), true],
  ] as const) {
    const document = page('csrf_access_token=first; csrf_refresh_token=first');
    const { service, client } = await inside();
    another(service, document);
    await client.refresh();
    assert.equal(client.getSnapshot().session?.subject, 'user2', row);
    await hear(client);
    const sent = client.fetch(`${ORIGIN}/posts`, { ...post, keepalive: row.includes('outlives') });
    if (isSent) await sent;
    else await assert.rejects(sent, { code: 'user_changed' }, row);
    assert.deepEqual(service.bodies, isSent ? ['a post'] : [], row);
  }
});

test('an application that listens has heard of another user', async () => {
  const document = page('csrf_access_token=first; csrf_refresh_token=first');
  const { service, client } = await inside();
  client.onChange(() => {});
  another(service, document);
  await client.refresh();
  assert.equal((await client.fetch(`${ORIGIN}/posts`, post)).status, 200);
});

test('a page that logs in as another user acts as that one', async () => {
  for (const logsOut of [true, false]) {
    const { service, client } = await inside();
    if (logsOut) await client.logout();
    await client.login({ username: 'user2', password: 'password2' });
    assert.equal((await client.fetch(`${ORIGIN}/posts`, post)).status, 200);
    assert.deepEqual(service.bodies, ['a post']);
  }
});

test('a refresh that finds another user says so', async () => {
  const document = page('csrf_access_token=first; csrf_refresh_token=first');
  const { service, client } = await inside();
  another(service, document);
  assert.equal((await client.refresh()).session?.subject, 'user2');
});

test('what is no answer of the service decides nothing', async () => {
  for (const [path, call] of [
    ['/session', (client: Client) => client.session()],
    ['/refresh', (client: Client) => client.refresh()],
    ['/logout', (client: Client) => client.logout().catch(() => client.getSnapshot())],
  ] as const) {
    for (const body of ['<h1>Welcome to the hotel</h1>', null, 7, {}]) {
      if (path !== '/session' && body instanceof Object) continue;
      const { service, client } = await inside();
      service.instead.set(path, [[200, body]]);
      const now = await call(client);
      assert.deepEqual([now.state, now.error?.code], ['in', 'http'], `${path} ${body}`);
    }
  }
});

test('a log-in whose user cannot be asked for is one', async () => {
  const { service, client } = await inside();
  service.instead.set('/session', [[503, { code: 'store_unavailable' }]]);
  const { state, stale, session } = await client.login({ username: 'user2' });
  assert.deepEqual([state, stale, session], ['in', true, null]);
});

test('a token that expires while the service is left alone logs no one out', async () => {
  const { service, client } = await inside();
  service.access = false;
  service.instead.set('/refresh', [[429, { code: 'rate_limited' }, { 'retry-after': '60' }]]);
  await client.session();
  const { state, stale } = await client.session();
  assert.deepEqual([state, stale, service.count('/refresh')], ['in', true, 1]);
});

test('an answer that is late does not undo a log-in or a log-out', async () => {
  for (const [row, act, late, state] of [
    ['a log-out', (client: Client) => client.logout(), { subject: 'user1', csrf: 'first', expires_in: 900 }, 'out'],
    ['a log-in', (client: Client) => client.login({ username: 'user2' }), { subject: null }, 'in'],
  ] as const) {
    const { service, client } = await inside();
    let answer = () => {};
    service.held.set(
      '/session',
      new Promise<void>((done) => {
        answer = done;
      }),
    );
    service.instead.set('/session', [[200, late]]);
    const acted = act(client);
    const asked = client.session();
    await new Promise((done) => setTimeout(done, 10));
    answer();
    await Promise.all([acted, asked]);
    const now = client.getSnapshot();
    assert.deepEqual([now.state, now.stale], [state, false], row);
  }
});

test('a service that is back is asked again at once', async () => {
  const { service, client } = await inside();
  service.instead.set('/session', [[429, { code: 'rate_limited' }, { 'retry-after': '60' }]]);
  await client.session();
  await client.session();
  service.access = false;
  assert.equal((await client.fetch(`${ORIGIN}/posts`)).status, 200);
});

test('the value that is pinned is that of the answer, whatever the cookie says by then', async () => {
  const document = page('csrf_access_token=first; csrf_refresh_token=first');
  const service = new Service();
  const racing: typeof fetch = async (...request) => {
    const answered = await service.fetch(...request);
    if (service.calls.at(-1) === 'GET /session' && service.csrf === 'first') another(service, document);
    return answered;
  };
  const client = createClient({ baseUrl: ORIGIN, fetch: racing });
  clients.push(client);
  await client.login({ username: 'user1' });
  await assert.rejects(client.fetch(`${ORIGIN}/posts`, post), { code: 'user_changed' });
});

test('a caller who gives up does not wait for a refresh', async () => {
  const { service, client } = await inside();
  service.access = false;
  service.held.set('/refresh', new Promise(() => {}));
  const caller = new AbortController();
  const mine = client.fetch(`${ORIGIN}/posts`, { signal: caller.signal });
  setTimeout(() => caller.abort(), 10);
  await assert.rejects(mine, { name: 'AbortError' });
});

test('a page from the back-forward cache knows nothing until it has asked', async () => {
  page('');
  const { client } = await inside();
  globalThis.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  const { state, session } = client.getSnapshot();
  assert.deepEqual([state, session], ['unknown', null]);
  assert.equal((await client.session()).state, 'in');
});

test('no redirect takes the CSRF value to another origin', async () => {
  for (const [origin, mode, redirect] of [
    [ORIGIN, 'same-origin', 'follow'],
    ['https://www.example.com', 'cors', 'error'],
  ] as const) {
    page('', origin);
    const { service, client } = await inside();
    await client.fetch(`${ORIGIN}/posts`, post);
    assert.deepEqual([service.last?.mode, service.last?.redirect], [mode, redirect], origin);
  }
});

test('a listener that fails stops no other and no call', async (t) => {
  const { client } = await inside();
  const reported: unknown[] = [];
  Object.assign(globalThis, { reportError: (error: unknown) => reported.push(error) });
  t.after(() => Reflect.deleteProperty(globalThis, 'reportError'));
  let heard = 0;
  client.subscribe(() => {
    throw new Error('of the listener');
  });
  client.subscribe(() => {
    heard += 1;
  });
  const { error } = await client.refresh();
  assert.deepEqual([error, heard], [null, 1]);
  assert.match(String(reported), /of the listener/);
});

test('a page on another origin does not send a value of its own cookies', async () => {
  page('csrf_access_token=of-the-page', 'https://www.example.com');
  const { service, client } = await inside();
  await client.fetch(`${ORIGIN}/posts`, post);
  assert.equal(service.seen.get('/posts')?.get('x-csrf-token'), 'first');
});

test('a page that does not know the value yet asks for it', async () => {
  const { service } = await inside();
  const fresh = () => createClient({ baseUrl: ORIGIN, fetch: service.fetch });
  assert.equal((await fresh().fetch(`${ORIGIN}/posts`, post)).status, 200);
  assert.equal((await fresh().logout()).state, 'out');
});

test('thirty requests share a refresh also when another tab holds the lock', async (t) => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  t.after(() => {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else Reflect.deleteProperty(globalThis, 'navigator');
  });
  const { service, client } = await inside();
  const request = (_: string, options: { ifAvailable?: boolean }, work: (lock: null) => unknown) =>
    options.ifAvailable ? Promise.resolve(work(null)) : Promise.reject(new Error('AbortError'));
  Object.defineProperty(globalThis, 'navigator', { value: { locks: { request } }, configurable: true });
  service.access = false;
  const all = Array.from({ length: 30 }, () => client.fetch(`${ORIGIN}/posts`));
  for (const response of await Promise.all(all)) assert.equal(response.status, 200);
  assert.equal(service.count('/refresh'), 1);
});

test('a client can be made where there is no page, and below a path', async () => {
  createClient();
  const service = new Service();
  const client = createClient({ baseUrl: `${ORIGIN}/api`, fetch: service.fetch });
  await client.session();
  assert.equal(service.calls[0], 'GET /api/session');
});

test('a request to another origin is passed on as it is', async () => {
  const seen: unknown[] = [];
  const through = async (...given: unknown[]) => {
    seen.push(given);
    return new Response();
  };
  const client = createClient({ baseUrl: ORIGIN, fetch: through as typeof fetch });
  const init = { next: { revalidate: 60 } } as RequestInit;
  await client.fetch('https://other.example.com/', init);
  assert.deepEqual(seen, [['https://other.example.com/', init]]);
});
