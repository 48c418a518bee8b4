import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../src/index.js';
import { clients, inside, page, post } from './page.js';
import { ORIGIN, Service } from './service.js';

test('the CSRF value goes along with what changes something, and to no other origin', async () => {
  for (const [url, init, value] of [
    ['/posts', post, 'first'],
    ['/posts', { method: 'PUT' }, 'first'],
    ['/posts', { method: 'PATCH' }, 'first'],
    ['/posts', { method: 'DELETE' }, 'first'],
    ['/posts', { ...post, headers: { 'x-csrf-token': 'of the caller' } }, 'first'],
    ['/posts', { method: 'GET' }, null],
    ['/posts', { method: 'HEAD' }, null],
    ['/posts', { method: 'OPTIONS' }, null],
    ['https://other.example.com/posts', post, null],
  ] as const) {
    const { service, client } = await inside();
    await client.fetch(new URL(url, ORIGIN), init);
    assert.equal(service.seen.get('/posts')?.get('x-csrf-token') ?? null, value, url);
  }
});

test('a name with a prefix, which no other host can set, goes before one without', async () => {
  page('csrf_access_token=planted; __Host-csrf_access_token=first');
  const { service, client } = await inside();
  await client.fetch(`${ORIGIN}/posts`, post);
  assert.equal(service.seen.get('/posts')?.get('x-csrf-token'), 'first');
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

test('a Request to another origin takes no CSRF value along', async () => {
  page('csrf_access_token=first');
  const { service, client } = await inside();
  await client.fetch(new Request('https://other.example.com/posts', post));
  assert.equal(service.seen.get('/posts')?.get('x-csrf-token') ?? null, null);
});

test('a stranger sends no CSRF value, and none that was', async () => {
  const { service, client } = await inside();
  await client.logout();
  await client.fetch(`${ORIGIN}/posts`, post);
  assert.equal(service.seen.get('/posts')?.get('x-csrf-token') ?? null, null);
});

test('a page that comes with the cookie sends its value at once', async () => {
  page('csrf_access_token=first');
  const { service } = await inside();
  const client = createClient({ baseUrl: ORIGIN, fetch: service.fetch });
  clients.push(client);
  assert.equal((await client.fetch(`${ORIGIN}/posts`, post)).status, 200);
  assert.deepEqual(service.calls, ['POST /posts']);
});

test("a refresh and a log-out send the refresh token's value, and the questions and log-ins none", async () => {
  const said = { csrf: 'a', refresh_csrf: 'r', expires_in: 900 };
  for (const [row, cookie, answers, value] of [
    ['of the cookie', 'csrf_access_token=a; csrf_refresh_token=r', said, 'r'],
    ['of the answer, without cookies', '', said, 'r'],
    ['of the only one that was said', '', { csrf: 'a', expires_in: 900 }, 'a'],
    ['of the only one that there is', 'csrf_access_token=a', { expires_in: 900 }, 'a'],
  ] as const) {
    page(cookie);
    const service = new Service();
    const client = createClient({ baseUrl: ORIGIN, fetch: service.fetch });
    clients.push(client);
    service.instead.set('/login', [
      [200, answers],
      [200, answers],
    ]);
    service.instead.set('/session', Array(2).fill([200, { subject: 'user1' }]));
    service.instead.set('/refresh', [[200, answers]]);
    service.instead.set('/logout', [[200, {}]]);
    const sent = (path: string) => service.seen.get(path)?.get('x-csrf-token') ?? null;
    await client.login({});
    await client.login({});
    assert.deepEqual([sent('/login'), sent('/session')], [null, null], row);
    await client.refresh();
    if (value === 'r' || !cookie) assert.equal(sent('/refresh'), value, row);
    await client.logout();
    assert.equal(sent('/logout'), value, row);
  }
});

test('a log-out sends the value of the access token where script can read no other', async () => {
  page('csrf_access_token=first');
  const { service } = await inside();
  const client = createClient({ baseUrl: ORIGIN, fetch: service.fetch });
  clients.push(client);
  assert.equal((await client.logout()).state, 'out');
  assert.deepEqual(service.calls, ['POST /logout']);
});

test('of the cookies only the one of the whole name counts', async () => {
  for (const cookie of [
    'csrf_access_token_of_another=planted; csrf_access_token=first',
    'csrf_access_tokenx; csrf_access_token=first',
    'csrf_access_token= first',
  ]) {
    page(cookie);
    const { service, client } = await inside();
    await client.fetch(`${ORIGIN}/posts`, post);
    assert.deepEqual(service.calls, ['POST /posts'], cookie);
  }
});

test('names of cookies and paths, and the header, are options', async () => {
  page('access=first; refresh=r');
  const options = {
    cookies: { access: 'access', refresh: 'refresh' },
    paths: { session: 'auth/who', refresh: '../renew' },
    header: 'x-other',
  };
  const service = new Service();
  const client = createClient({ baseUrl: `${ORIGIN}/api`, fetch: service.fetch, ...options });
  clients.push(client);
  service.instead.set('/api/auth/who', [[200, { subject: 'user1' }]]);
  service.instead.set('/renew', [[200, {}]]);
  service.instead.set('/posts', [[200, {}]]);
  await client.session();
  await client.refresh();
  await client.fetch(`${ORIGIN}/posts`, post);
  assert.deepEqual(service.calls, ['GET /api/auth/who', 'POST /renew', 'POST /posts']);
  assert.deepEqual(
    [service.seen.get('/renew')?.get('x-other'), service.seen.get('/posts')?.get('x-other')],
    ['r', 'first'],
  );
});

test('a page that may not read cookies, as in a sandboxed frame, has the values of the answers', async () => {
  const document = page('');
  Object.defineProperty(document, 'cookie', {
    get() {
      throw new Error('SecurityError');
    },
  });
  const { service, client } = await inside();
  service.access = false;
  assert.equal((await client.fetch(`${ORIGIN}/posts`, post)).status, 200);
  assert.equal((await client.logout()).state, 'out');
});

test('a page on another origin sends its cookies along', async () => {
  page('', 'https://www.example.com');
  const { service, client } = await inside();
  for (const init of [{ method: 'GET' }, post]) {
    await client.fetch(`${ORIGIN}/posts`, init);
    assert.equal(service.last?.credentials, 'include', init.method);
  }
});

test('what the client asks for itself is asked with cookies, and neither redirected nor kept', async () => {
  const seen: unknown[] = [];
  const service = new Service();
  const client = createClient({
    baseUrl: ORIGIN,
    fetch: (input, init) => {
      const { credentials, redirect, cache } = init ?? {};
      seen.push({ credentials, redirect, cache });
      return service.fetch(input, init);
    },
  });
  clients.push(client);
  await client.login({ username: 'user1' });
  await client.refresh();
  await client.logout();
  assert.deepEqual(seen, Array(4).fill({ credentials: 'include', redirect: 'error', cache: 'no-store' }));
  for (const path of ['/login', '/session', '/refresh', '/logout']) {
    assert.equal(service.seen.get(path)?.get('accept'), 'application/json', path);
    assert.equal(
      service.seen.get(path)?.get('content-type') ?? null,
      path === '/login' ? 'application/json' : null,
      path,
    );
  }
});

test('a refusal that asking cannot cure is handed on, and the request was sent once', async () => {
  const forged = [403, { code: 'csrf_mismatch' }] as const;
  for (const [row, method, refusal, session, asks] of [
    ['a missing scope', 'POST', [403, { code: 'insufficient_scope' }], [503, {}], 0],
    ['a code of a wrong value with another status', 'POST', [409, { code: 'csrf_mismatch' }], [503, {}], 0],
    ['what changes nothing', 'GET', forged, [503, {}], 0],
    ['the question is not answered', 'POST', forged, [503, {}], 1],
    ['no one is logged in', 'POST', forged, [200, { subject: null }], 1],
  ] as const) {
    const { service, client } = await inside();
    service.instead.set('/posts', [[...refusal]]);
    service.instead.set('/session', [[...session]]);
    const response = await client.fetch(`${ORIGIN}/posts`, { method });
    assert.deepEqual([response.status, service.count('/posts'), service.count('/session')], [refusal[0], 1, asks], row);
  }
});
