import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, ClientError, createClient, type Snapshot } from '../src/index.js';
import { clients, deaf, gate, inside, post, rest } from './page.js';
import { type Answer, ORIGIN, Service } from './service.js';

test('a log-out that could not be done is none', async () => {
  for (const instead of [[503, { code: 'store_unavailable' }], 'network'] as Answer[]) {
    const { service, client } = await inside();
    service.instead.set('/logout', [instead]);
    const error = await client.logout().catch((error) => error);
    assert.ok(error instanceof ClientError);
    assert.deepEqual([client.getSnapshot().state, client.getSnapshot().error], ['in', error]);
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
  const wrong: Answer = [401, { code: 'invalid_credentials', message: 'Invalid username or password' }];
  const inStyleOfAuthX: Answer = [401, { error_type: 'InvalidCredentials', message: 'Invalid username or password' }];
  for (const [answer, code] of [
    [wrong, 'invalid_credentials'],
    [inStyleOfAuthX, 'InvalidCredentials'],
  ] as const) {
    const { service, client } = await inside();
    service.calls.length = 0;
    service.instead.set('/login', [answer]);
    await assert.rejects(client.login({}), { code, message: 'Invalid username or password', status: 401 });
    const { state, error } = client.getSnapshot();
    assert.deepEqual([state, error?.status], ['in', 401]);
    // Nor where a page asks for the password once more.
    service.instead.set('/posts', [answer]);
    assert.equal((await client.fetch(`${ORIGIN}/posts`, post)).status, 401);
    assert.equal(client.getSnapshot().state, 'in');
    assert.deepEqual([service.count('/refresh'), service.count('/logout')], [0, 0]);
  }
});

test('cookies that the browser does not take are said', async () => {
  const service = new Service();
  const client = createClient({ baseUrl: ORIGIN, fetch: service.fetch });
  service.instead.set('/session', [[200, { subject: null }]]);
  await assert.rejects(client.login({ username: 'user1' }), { code: 'no_cookies' });
  assert.equal(client.getSnapshot().error?.code, 'no_cookies');
});

test('a log-in whose user cannot be asked for is one', async () => {
  const { service } = await inside();
  const client = createClient({ baseUrl: ORIGIN, fetch: service.fetch });
  clients.push(client);
  service.calls.length = 0;
  service.instead.set('/session', [[503, { code: 'store_unavailable' }]]);
  const { state, stale, session } = await client.login({ username: 'user2' });
  assert.deepEqual([state, stale, session], ['in', true, null]);
  service.calls.length = 0;
  assert.equal((await client.fetch(`${ORIGIN}/posts`, post)).status, 200);
  assert.deepEqual(service.calls, ['POST /posts']);
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

test('a log-in and a log-out end a refresh under way before they are sent, and that counts as no failure', async () => {
  for (const act of ['login', 'logout'] as const) {
    const { service, client } = await inside({ timeout: 5_000 });
    service.held.set('/refresh', new Promise(() => {}));
    const refreshed = client.refresh();
    await rest();
    service.held.set(`/${act}`, refreshed);
    await client[act]({ username: 'user2' });
    const { state, stale, error } = client.getSnapshot();
    assert.deepEqual([state, stale, error], [act === 'login' ? 'in' : 'out', false, null]);
    assert.deepEqual(service.calls.slice(0, 2), ['POST /refresh', `POST /${act}`]);
  }
});

test('where a request cannot be stopped, the late answer to a refresh undoes nothing', async () => {
  const late = { csrf: 'late', refresh_csrf: 'late', expires_in: 900 };
  const rows: [string, 'login' | 'logout', Answer, string][] = [
    ['a log-out', 'logout', [200, late], 'out'],
    ['a log-in', 'login', [200, late], 'in'],
    ['a log-in, by the end of the former session', 'login', [401, { code: 'session_ended' }], 'in'],
    ['a log-in, by an outage', 'login', [503, {}], 'in'],
  ];
  for (const [row, act, answer, state] of rows) {
    const { service } = await inside();
    const client = createClient({ baseUrl: ORIGIN, fetch: deaf(service) });
    clients.push(client);
    await client.session();
    const { opened, open } = gate();
    service.held.set('/refresh', opened);
    service.instead.set('/refresh', [answer]);
    const refreshed = client.refresh();
    await client[act]({ username: 'user2' });
    open();
    await refreshed;
    const now = client.getSnapshot();
    assert.deepEqual([now.state, now.stale, now.error], [state, false, null], row);
    assert.equal(now.session?.subject, state === 'in' ? 'user2' : undefined, row);
    await client.refresh();
    if (state === 'in') assert.equal(service.seen.get('/refresh')?.get('x-csrf-token'), 'first', row);
    await client.fetch(`${ORIGIN}/posts`, post);
    assert.equal(service.seen.get('/posts')?.get('x-csrf-token') ?? null, state === 'in' ? 'first' : null, row);
  }
});

test('a question under way at a log-in or a log-out is not the answer to the one after it', async () => {
  for (const [act, subject] of [
    ['login', 'user2'],
    ['logout', undefined],
  ] as const) {
    const { service } = await inside();
    const client = createClient({ baseUrl: ORIGIN, fetch: deaf(service) });
    clients.push(client);
    await client.session();
    const [acting, asking] = [gate(), gate()];
    service.held.set(`/${act}`, acting.opened);
    service.held.set('/session', asking.opened);
    const acted = client[act]({ username: 'user2' });
    const asked = client.session();
    await rest();
    service.held.delete('/session');
    acting.open();
    assert.equal((await acted).session?.subject, subject, act);
    const before = service.count('/session');
    assert.equal((await client.session()).session?.subject, subject, act);
    assert.equal(service.count('/session'), before + 1, act);
    asking.open();
    assert.equal((await asked).session?.subject, subject, act);
  }
});

test('a log-in that a log-out overtakes is not said to have left no cookies', async () => {
  const service = new Service();
  const client = createClient({ baseUrl: ORIGIN, fetch: deaf(service) });
  clients.push(client);
  const { opened, open } = gate();
  service.held.set('/session', opened);
  const login = client.login({ username: 'user1' });
  while (service.count('/session') === 0) await rest();
  await client.logout();
  open();
  assert.equal((await login).state, 'out');
});

test('a log-in whose session ends at once says so, and not that there are no cookies', async () => {
  const { service, client } = await inside();
  service.instead.set('/session', [[401, { code: 'token_expired' }]]);
  service.instead.set('/refresh', [[401, { code: 'session_ended' }]]);
  const { state, error } = await client.login({ username: 'user1' });
  assert.deepEqual([state, error?.code], ['out', 'session_ended']);
});

test('a log-in replaces all that was known, before the user is asked for', async () => {
  const { service, client } = await inside();
  service.instead.set('/refresh', [[403, {}]]);
  await client.refresh();
  const seen: Snapshot[] = [];
  client.onChange((now) => seen.push(now));
  await client.login({ username: 'user2' });
  assert.deepEqual(seen[0], { state: 'in', stale: false, session: null, error: null });
});

test('a log-out that is answered without a body is one', async () => {
  const { service } = await inside();
  const client = createClient({
    baseUrl: ORIGIN,
    fetch: async (input, init) => {
      const answered = await service.fetch(input, init);
      return String(input).endsWith('/logout') ? new Response(null, { status: 204 }) : answered;
    },
  });
  clients.push(client);
  await client.session();
  assert.equal((await client.logout()).state, 'out');
});

test('an answer that stops in the middle is one that did not come in time', async () => {
  const stopping: typeof fetch = async (_, init) => {
    const start = (body: ReadableStreamDefaultController) =>
      init?.signal?.addEventListener('abort', () => body.error(init.signal?.reason));
    return new Response(new ReadableStream({ start }));
  };
  const client = createClient({ baseUrl: ORIGIN, fetch: stopping, timeout: 50 });
  clients.push(client);
  assert.equal((await client.session()).error?.code, 'timeout');
});
