import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { type Client, ClientError, createClient } from '../src/index.js';
import { clients, inside } from './page.js';
import { type Answer, ORIGIN, Service } from './service.js';

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

test('listeners are told what was and what is', async () => {
  const { client } = await inside();
  const seen: string[] = [];
  const end = client.onChange((now, before) => seen.push(`${before.state} ${now.state}`));
  await client.logout();
  end();
  await client.login({ username: 'user2' });
  assert.deepEqual(seen, ['in out']);
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

test('a client can be made where there is no page, and below a path', async () => {
  createClient();
  const service = new Service();
  const client = createClient({ baseUrl: `${ORIGIN}/api`, fetch: service.fetch });
  await client.session();
  assert.equal(service.calls[0], 'GET /api/session');
});

test('what the service says of a session is all told, and what it does not say has a default', async () => {
  const { service, client } = await inside();
  const said = { subject: 'user1', fresh: true, scopes: ['read'], session_id: 'the id', expires_in: 60 };
  service.instead.set('/session', [
    [200, said],
    [200, { subject: 'user1' }],
  ]);
  const told = { subject: 'user1', expiresIn: 60, fresh: true, scopes: ['read'], id: 'the id' };
  assert.deepEqual((await client.session()).session, told);
  const least = { subject: 'user1', expiresIn: null, fresh: false, scopes: [], id: null };
  assert.deepEqual((await client.session()).session, least);
});

test('the service is at the root of the origin, and other addresses are relative to the page, as for fetch', async () => {
  for (const [row, globals] of [
    [
      'a page with a base of its own',
      { document: { baseURI: `${ORIGIN}/deep/page` }, location: { origin: ORIGIN, href: `${ORIGIN}/elsewhere/page` } },
    ],
    ['a worker', { location: { origin: ORIGIN, href: `${ORIGIN}/deep/worker.js` } }],
  ] as const) {
    const { service } = await inside();
    Object.assign(globalThis, { window: undefined, document: undefined }, globals);
    if ('document' in globals)
      Object.assign(globalThis, { document: Object.assign(new EventTarget(), globals.document) });
    for (const baseUrl of [undefined, '/api']) {
      const client = createClient({ fetch: service.fetch, baseUrl });
      clients.push(client);
      service.calls.length = 0;
      await client.session();
      await client.fetch('posts');
      assert.deepEqual(service.calls, [`GET ${baseUrl ?? ''}/session`, 'GET /deep/posts'], row);
    }
  }
});

test("the page's fetch is called as it is by then, and as a function", async (t) => {
  const service = new Service();
  const client = createClient({ baseUrl: ORIGIN });
  clients.push(client);
  t.mock.method(globalThis, 'fetch', function (this: unknown, ...request: Parameters<typeof fetch>) {
    // A browser's own refuses to be called as a method of another object.
    if (this !== undefined && this !== globalThis) throw new TypeError('Illegal invocation');
    return service.fetch(...request);
  });
  assert.equal((await client.session()).state, 'out');
});

test('a listener hears of each change once, also if it listens anew', async () => {
  const { client } = await inside();
  let heard = 0;
  const again = () => {
    heard += 1;
    end();
    if (heard < 10) end = client.subscribe(again);
  };
  let end = client.subscribe(again);
  await client.logout();
  assert.equal(heard, 1);
});

test('each change is told with the one before, also to a listener that has failed', async (t) => {
  t.mock.method(console, 'error', () => {});
  const { client } = await inside();
  const seen: string[] = [];
  client.onChange((now, before) => {
    seen.push(`${before.state} ${now.state}`);
    if (seen.length === 1) throw new Error('of the listener');
  });
  await client.logout();
  await client.login({ username: 'user2' });
  assert.deepEqual(seen, ['in out', 'out in', 'in in']);
});

test('where errors cannot be reported they are written to the console', async (t) => {
  const { client } = await inside();
  const written = t.mock.method(console, 'error', () => {});
  client.subscribe(() => {
    throw new Error('of the listener');
  });
  await client.logout();
  assert.match(String(written.mock.calls[0]?.arguments[0]), /of the listener/);
});

test('no listener is left of a call that was answered', async (t) => {
  const added = t.mock.method(EventTarget.prototype, 'addEventListener');
  const client = createClient({ baseUrl: ORIGIN, fetch: async () => Response.json({ subject: null }) });
  clients.push(client);
  await client.session();
  const signals = added.mock.calls.map((call) => call.this).filter((target) => target instanceof AbortSignal);
  assert.equal(signals.length, 1);
  for (const signal of signals) assert.deepEqual(getEventListeners(signal, 'abort'), []);
});
