import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../src/index.js';
import { clients, deaf, gate, inside, page, rest } from './page.js';
import { ORIGIN, Service } from './service.js';

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

test('a page from the back-forward cache knows nothing until it has asked', async () => {
  page('');
  const { client } = await inside();
  globalThis.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }));
  assert.equal(client.getSnapshot().state, 'in', 'a page that was just loaded');
  globalThis.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  const { state, session } = client.getSnapshot();
  assert.deepEqual([state, session], ['unknown', null]);
  assert.equal((await client.session()).state, 'in');
});

test('a page from the back-forward cache asks by itself', async () => {
  page('');
  const { service, client } = await inside();
  globalThis.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  await rest();
  assert.deepEqual([client.getSnapshot().state, service.calls], ['in', ['GET /session']]);
});

test('another tab that logs in is heard of, by the clients of the same service', async () => {
  page('');
  const service = new Service();
  const at = (baseUrl: string) => {
    const client = createClient({ baseUrl, fetch: service.fetch });
    clients.push(client);
    return client;
  };
  const [client, tab, stranger] = [at(ORIGIN), at(ORIGIN), at(`${ORIGIN}/other`)];
  const isHeard = new Promise<void>((done) => client.subscribe(done));
  await tab.login({ username: 'user1' });
  await isHeard;
  await new Promise((done) => setTimeout(done, 50));
  assert.deepEqual([client.getSnapshot().state, stranger.getSnapshot().state], ['in', 'unknown']);
  assert.equal(service.count('/other/session'), 0);
});

test('what another tab tells while a question is under way is asked once more', async () => {
  page('');
  const { service, client } = await inside();
  const tab = createClient({ baseUrl: ORIGIN, fetch: service.fetch });
  clients.push(tab);
  await tab.session();
  const { opened, open } = gate();
  service.held.set('/session', opened);
  service.instead.set('/session', [[200, { subject: 'user1', csrf: 'first' }]]);
  const asked = client.session();
  await rest();
  await tab.logout();
  await new Promise((done) => setTimeout(done, 50));
  open();
  assert.equal((await asked).state, 'in');
  await rest();
  assert.equal(client.getSnapshot().state, 'out');
});

test('questions at the same time are one', async () => {
  const { service, client } = await inside();
  await Promise.all([client.session(), client.session(), client.session()]);
  assert.equal(service.count('/session'), 1);
});

test('everything works where there are no channels, and where they throw', async (t) => {
  const { BroadcastChannel } = globalThis;
  t.after(() => Object.assign(globalThis, { BroadcastChannel }));
  const throwing = class {
    constructor() {
      throw new Error('SecurityError');
    }
  };
  for (const channel of [undefined, throwing]) {
    page('');
    Object.assign(globalThis, { BroadcastChannel: channel });
    const { client } = await inside();
    assert.equal((await client.logout()).state, 'out');
    client.dispose();
  }
});

test('a client that was disposed does nothing any more', async () => {
  const document = page('');
  const { service, client } = await inside();
  service.instead.set('/refresh', [[403, {}]]);
  assert.equal((await client.refresh()).stale, true);
  client.dispose();
  service.calls.length = 0;
  document.dispatchEvent(new Event('visibilitychange'));
  globalThis.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  await rest();
  assert.deepEqual([client.getSnapshot().state, service.calls], ['in', []]);
});

test('a client that was disposed ends its question, and tells no one', async () => {
  const { service, client } = await inside();
  let heard = 0;
  client.subscribe(() => {
    heard += 1;
  });
  service.held.set('/session', new Promise(() => {}));
  const asked = client.session();
  await rest();
  client.dispose();
  assert.deepEqual([(await asked).error?.code, heard], ['aborted', 0]);
});

test('a log-in that is answered after the end of its client fails at nothing', async () => {
  page('');
  const service = new Service();
  const client = createClient({ baseUrl: ORIGIN, fetch: deaf(service) });
  const { opened, open } = gate();
  service.held.set('/login', opened);
  const login = client.login({ username: 'user1' });
  await rest();
  client.dispose();
  open();
  assert.equal((await login).state, 'in');
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
