import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../src/index.js';
import { clients, inside, page, post } from './page.js';
import { type Answer, ORIGIN, Service } from './service.js';

test('thirty requests with an expired token: all are answered, by one refresh', async () => {
  const { service, client } = await inside();
  service.access = false;
  const all = Array.from({ length: 30 }, () => client.fetch(`${ORIGIN}/posts`, post));
  for (const response of await Promise.all(all)) assert.equal(response.status, 200);
  assert.equal(service.count('/refresh'), 1);
});

test('a proactive client refreshes before a request whose token is about to expire', async () => {
  for (const [proactive, lasts, calls] of [
    [undefined, 1, ['GET /posts']],
    [false, 1, ['GET /posts']],
    [true, 0, ['POST /refresh', 'GET /posts']],
    [true, 1, ['POST /refresh', 'GET /posts']],
    [true, 4, ['POST /refresh', 'GET /posts']],
    [true, 6, ['GET /posts']],
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
  await assert.rejects(client.fetch(`${ORIGIN}/posts`, { signal: AbortSignal.abort() }), { name: 'AbortError' });
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
    ['a code of an expired token with another status', [403, { code: 'token_expired' }], 0],
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
    ['an old refresh token', [401, { code: 'token_expired' }], 'out', false],
    ['a token that was taken back', [401, { code: 'token_revoked' }], 'out', false],
    ['a token of another key', [401, { code: 'invalid_signature' }], 'out', false],
    ['no token at all', [401, { code: 'invalid_token' }], 'out', false],
    ['the user is gone', [401, { code: 'unknown_subject' }], 'out', false],
    ['a code of an end with another status', [403, { code: 'session_ended' }], 'in', true],
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
    assert.equal(now.session?.subject, state === 'in' ? 'user1' : undefined, row);
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

test('a service that does not answer is given up', async () => {
  const { service, client } = await inside({ timeout: 50 });
  service.held.set('/refresh', new Promise(() => {}));
  const { state, stale, error } = await client.refresh();
  assert.deepEqual([state, stale, error?.code], ['in', true, 'timeout']);
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

test('a token that expires while the service is left alone logs no one out', async () => {
  const { service, client } = await inside();
  service.access = false;
  service.instead.set('/refresh', [[429, { code: 'rate_limited' }, { 'retry-after': '60' }]]);
  await client.session();
  const { state, stale } = await client.session();
  assert.deepEqual([state, stale, service.count('/refresh')], ['in', true, 1]);
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

test('a proactive client that knows nothing asks for no refresh', async () => {
  const { service } = await inside();
  const client = createClient({ baseUrl: ORIGIN, fetch: service.fetch, proactive: true });
  clients.push(client);
  assert.equal((await client.fetch(`${ORIGIN}/posts`)).status, 200);
  assert.deepEqual(service.calls, ['GET /posts']);
});

test('of the answers to the question who is logged in, only one that ends the session logs out', async () => {
  const rows: [string, Answer, string, boolean, string | undefined][] = [
    ['no one', [200, { subject: null }], 'out', false, undefined],
    ['a copy was used', [401, { code: 'refresh_reused' }], 'out', false, 'refresh_reused'],
    ['the user is gone', [401, { code: 'unknown_subject' }], 'out', false, 'unknown_subject'],
    ['a code of an end with another status', [403, { code: 'refresh_reused' }], 'in', true, 'refresh_reused'],
    ['several cookies', [401, { code: 'ambiguous_cookie' }], 'in', true, 'ambiguous_cookie'],
    ['a 401 of a proxy', [401, 'no'], 'in', true, 'http'],
    ['too many', [429, { code: 'rate_limited' }], 'in', true, 'rate_limited'],
    ['an outage', [503, { code: 'store_unavailable' }], 'in', true, 'store_unavailable'],
    ['no network', 'network', 'in', true, 'network'],
  ];
  for (const [row, first, state, stale, code] of rows) {
    const { service, client } = await inside();
    // What was stale is so no more.
    service.instead.set('/session', [[403, {}], first]);
    await client.session();
    const now = await client.session();
    assert.deepEqual([now.state, now.stale, now.error?.code], [state, stale, code], row);
    assert.equal(now.session?.subject, state === 'in' ? 'user1' : undefined, row);
  }
});

test('an answer after one that failed is all that is known', async () => {
  for (const ask of ['session', 'refresh'] as const) {
    const { service, client } = await inside();
    service.instead.set(`/${ask}`, [[403, {}]]);
    assert.equal((await client[ask]()).stale, true);
    const { state, stale, error } = await client[ask]();
    assert.deepEqual([state, stale, error], ['in', false, null], ask);
  }
});

test('the question who is logged in is asked again after a refresh, and what became of that is said', async () => {
  const rows: [string, Answer[], Answer[], string, boolean, string | undefined][] = [
    ['it cured', [], [], 'in', false, undefined],
    ['the session is over', [], [[401, { code: 'session_ended' }]], 'out', false, 'session_ended'],
    ['the service is away', [], [[503, { code: 'store_unavailable' }]], 'in', true, 'store_unavailable'],
    ['it did not help', Array(2).fill([401, { code: 'token_expired' }]), [], 'in', true, 'token_expired'],
  ];
  for (const [row, session, refresh, state, stale, code] of rows) {
    for (const wasWrong of [false, true]) {
      const { service, client } = await inside();
      service.instead.set('/login', [[401, { message: 'Invalid username or password' }]]);
      if (wasWrong) await client.login({}).catch(() => {});
      service.access = false;
      service.instead.set('/session', [...session]);
      service.instead.set('/refresh', [...refresh]);
      const now = await client.session();
      assert.deepEqual([now.state, now.stale, now.error?.code], [state, stale, code], row);
    }
  }
});

test('whom a service without an answer for strangers refuses is out', async () => {
  const { service, client } = await inside();
  await client.logout();
  service.instead.set('/session', [[401, { code: 'missing_token' }]]);
  const { state, stale } = await client.session();
  assert.deepEqual([state, stale, service.count('/refresh')], ['out', false, 0]);
});

test('a page that is out refreshes once there is a cookie again', async () => {
  const document = page('');
  const { service, client } = await inside();
  await client.logout();
  document.cookie = 'csrf_access_token=first; csrf_refresh_token=first';
  Object.assign(service, { subject: 'user1', access: false });
  assert.equal((await client.fetch(`${ORIGIN}/posts`)).status, 200);
});

test('where there are no CSRF values there is a refresh all the same', async () => {
  const { service } = await inside();
  const client = createClient({ baseUrl: ORIGIN, fetch: service.fetch });
  clients.push(client);
  service.instead.set('/session', [[200, { subject: 'user1' }]]);
  await client.session();
  service.instead.set('/posts', [[401, { code: 'token_expired' }]]);
  service.instead.set('/refresh', [[200, { expires_in: 900 }]]);
  assert.equal((await client.fetch(`${ORIGIN}/posts`)).status, 200);
  assert.deepEqual(service.calls, ['GET /session', 'GET /posts', 'POST /refresh', 'GET /posts']);
});

test('what a refresh finds of a session that it did not know is all kept', async () => {
  const { service, client } = await inside();
  service.instead.set('/refresh', [
    [200, { csrf: 'second', refresh_csrf: 'refresh 2', expires_in: 900 }],
    [200, { csrf: 'third', refresh_csrf: 'refresh 3', expires_in: 900 }],
  ]);
  service.instead.set('/session', [
    [200, { subject: 'user1', csrf: 'second' }],
    // Another tab was faster.
    [200, { subject: 'user1', csrf: 'fourth' }],
  ]);
  await client.refresh();
  await client.refresh();
  assert.equal(service.seen.get('/refresh')?.get('x-csrf-token'), 'refresh 2');
  service.csrf = 'fourth';
  service.calls.length = 0;
  await client.fetch(`${ORIGIN}/posts`, post);
  assert.deepEqual(service.calls, ['POST /posts']);
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

test('each token that expires costs one refresh and one more try', async () => {
  const { service, client } = await inside();
  await client.refresh();
  service.access = false;
  service.calls.length = 0;
  assert.equal((await client.fetch(`${ORIGIN}/posts`)).status, 200);
  assert.deepEqual(service.calls, ['GET /posts', 'POST /refresh', 'GET /posts']);
});

test('a refresh whose answer has no values keeps the value of the refresh token', async () => {
  const service = new Service();
  const client = createClient({ baseUrl: ORIGIN, fetch: service.fetch });
  clients.push(client);
  service.instead.set('/login', [[200, { csrf: 'a', refresh_csrf: 'r', expires_in: 900 }]]);
  service.instead.set('/session', [[200, { subject: 'user1' }]]);
  service.instead.set('/refresh', [
    [200, { expires_in: 900 }],
    [200, { expires_in: 900 }],
  ]);
  await client.login({});
  await client.refresh();
  await client.refresh();
  assert.equal(service.seen.get('/refresh')?.get('x-csrf-token'), 'r');
});

test('a proactive client that is not told how long tokens last does not refresh before each request', async () => {
  const service = new Service();
  const client = createClient({ baseUrl: ORIGIN, fetch: service.fetch, proactive: true });
  clients.push(client);
  service.instead.set('/login', [[200, { csrf: 'first', refresh_csrf: 'first' }]]);
  service.instead.set('/session', [[200, { subject: 'user1', csrf: 'first' }]]);
  Object.assign(service, { subject: 'user1', access: true });
  await client.login({});
  await client.fetch(`${ORIGIN}/posts`);
  assert.equal(service.count('/refresh'), 0);
});
