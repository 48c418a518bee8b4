import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../src/index.js';
import { clients, gate, inside, Locks, navigate, rest } from './page.js';
import { ORIGIN, Service } from './service.js';

test('everything works where there are no locks, and where they throw or refuse', async () => {
  const rows: [string, unknown][] = [
    ['no locks, as on plain HTTP', undefined],
    ['locks that refuse, as in some frames', { request: () => Promise.reject(new Error('SecurityError')) }],
  ];
  for (const [row, locks] of rows) {
    navigate(locks);
    const { service, client } = await inside();
    service.access = false;
    assert.equal((await client.fetch(`${ORIGIN}/posts`)).status, 200, row);
    assert.equal((await client.logout()).state, 'out', row);
    assert.equal((await client.login({ username: 'user1' })).state, 'in', row);
    assert.deepEqual([service.count('/refresh'), service.count('/logout'), service.count('/login')], [1, 1, 1], row);
  }
});

test('thirty requests share a refresh also when another tab holds the lock', async () => {
  const { service, client } = await inside();
  const request = (_: string, options: { ifAvailable?: boolean }, work: (lock: null) => unknown) =>
    options.ifAvailable ? Promise.resolve(work(null)) : Promise.reject(new Error('AbortError'));
  navigate({ request });
  service.access = false;
  const all = Array.from({ length: 30 }, () => client.fetch(`${ORIGIN}/posts`));
  for (const response of await Promise.all(all)) assert.equal(response.status, 200);
  assert.equal(service.count('/refresh'), 1);
});

test('where asking for the locks throws, everything works without', async () => {
  const throwing = {
    get locks() {
      throw new Error('SecurityError');
    },
  };
  Object.defineProperty(globalThis, 'navigator', { value: throwing, configurable: true });
  const { service, client } = await inside();
  service.access = false;
  assert.equal((await client.fetch(`${ORIGIN}/posts`)).status, 200);
  assert.equal((await client.logout()).state, 'out');
});

test('a lock that is taken away does nothing twice', async () => {
  const request = async (_: string, __: object, work: (lock: object) => unknown) => {
    void work({});
    throw new Error('AbortError');
  };
  navigate({ request });
  const { service, client } = await inside();
  await client.refresh();
  await client.logout();
  assert.deepEqual(service.calls, ['POST /refresh', 'POST /logout']);
});

test('a request whose refresh another tab is busy with is tried first, after 3 seconds at the latest', async (t) => {
  for (const [row, isReleased, isCured, calls] of [
    ['the other tab has refreshed', true, true, ['GET /posts', 'GET /posts']],
    ['the other tab has failed', true, false, ['GET /posts', 'GET /posts', 'POST /refresh', 'GET /posts']],
    ['the other tab goes on for ever, and has refreshed', false, true, ['GET /posts', 'GET /posts']],
    ['the other tab hangs', false, false, ['GET /posts', 'GET /posts', 'POST /refresh', 'GET /posts']],
  ] as const) {
    const locks = new Locks();
    navigate(locks);
    const { service, client } = await inside();
    const [name] = locks.asked[0] ?? [''];
    const other = gate();
    void locks.request(name, {}, () => other.opened);
    await rest();
    t.mock.timers.enable({ apis: ['setTimeout'] });
    service.access = false;
    const sent = client.fetch(`${ORIGIN}/posts`);
    await rest();
    t.mock.timers.tick(2_999);
    await rest();
    assert.deepEqual(service.calls, ['GET /posts'], row);
    service.access = isCured;
    if (isReleased) other.open();
    else t.mock.timers.tick(1);
    assert.equal((await sent).status, 200, row);
    assert.deepEqual(service.calls, calls, row);
    t.mock.timers.reset();
    assert.ok(
      locks.asked.every(([, { steal }]) => !steal),
      row,
    );
  }
});

test('each time that another tab hangs, a request refreshes by itself', async (t) => {
  const locks = new Locks();
  navigate(locks);
  const { service, client } = await inside();
  const [name] = locks.asked[0] ?? [''];
  void locks.request(name, {}, () => new Promise(() => {}));
  await rest();
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (const refreshes of [1, 2]) {
    service.access = false;
    const sent = client.fetch(`${ORIGIN}/posts`);
    await rest();
    t.mock.timers.tick(3_000);
    assert.equal((await sent).status, 200);
    assert.equal(service.count('/refresh'), refreshes);
  }
});

test('where another tab was busy, a refresh that has failed is not tried again by a slower request', async () => {
  const { service, client } = await inside();
  const busy = gate();
  const request = async (_: string, { ifAvailable }: LockOptions, work: (lock: null) => unknown) => {
    if (!ifAvailable) throw new Error('AbortError');
    await busy.opened;
    return work(null);
  };
  navigate({ request });
  service.access = false;
  service.instead.set('/refresh', [[503, { code: 'store_unavailable' }]]);
  const slow = gate();
  const both = [client.fetch(`${ORIGIN}/posts`), client.fetch(`${ORIGIN}/slow`)];
  await rest();
  service.held.set('/slow', slow.opened);
  busy.open();
  await both[0];
  slow.open();
  for (const response of await Promise.all(both)) assert.equal(response.status, 401);
  assert.deepEqual([service.count('/refresh'), service.count('/slow')], [1, 2]);
});

test('a caller who gives up does not wait for the refresh that a busy tab has left to this one', async () => {
  const { service, client } = await inside();
  const request = (_: string, { ifAvailable }: LockOptions, work: (lock: null) => unknown) =>
    ifAvailable ? Promise.resolve(work(null)) : Promise.reject(new Error('AbortError'));
  navigate({ request });
  service.access = false;
  service.held.set('/refresh', new Promise(() => {}));
  const sent = client.fetch(`${ORIGIN}/posts`, { signal: AbortSignal.timeout(50) });
  await assert.rejects(sent, { name: 'TimeoutError' });
  assert.equal(service.count('/refresh'), 1);
});

test('a refresh that another tab was busy with ends with the question who is logged in', async () => {
  const locks = new Locks();
  navigate(locks);
  const { service, client } = await inside();
  const [name] = locks.asked[0] ?? [''];
  const other = gate();
  void locks.request(name, {}, () => other.opened);
  await rest();
  const refreshed = client.refresh();
  await rest();
  other.open();
  assert.equal((await refreshed).state, 'in');
  assert.deepEqual(service.calls, ['GET /session']);
});

test('a log-in and a log-out wait for another tab that refreshes, for 3 seconds at most', async (t) => {
  for (const path of ['login', 'logout'] as const) {
    const locks = new Locks();
    navigate(locks);
    const { service, client } = await inside();
    const [name] = locks.asked[0] ?? [''];
    void locks.request(name, {}, () => new Promise(() => {}));
    await rest();
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const done = client[path]({ username: 'user1' });
    await rest();
    t.mock.timers.tick(2_999);
    await rest();
    assert.deepEqual(service.calls, [], path);
    t.mock.timers.tick(1);
    await done;
    assert.equal(service.count(`/${path}`), 1, path);
    t.mock.timers.reset();
  }
});

test('no timer is left of what a lock was waited for', async () => {
  navigate(new Locks());
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  await inside();
  assert.equal(timers(), before);
});

test('each service has a lock of its own', async () => {
  const locks = new Locks();
  navigate(locks);
  for (const baseUrl of [ORIGIN, `${ORIGIN}/other`]) {
    const client = createClient({ baseUrl, fetch: new Service().fetch });
    clients.push(client);
    await client.logout().catch(() => {});
  }
  assert.deepEqual(
    locks.asked.map(([name]) => name),
    [`handstamp ${ORIGIN}/`, `handstamp ${ORIGIN}/other/`],
  );
});
