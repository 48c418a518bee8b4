import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../src/index.js';
import { clients, inside, page } from './page.js';
import { ORIGIN } from './service.js';

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
  globalThis.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  const { state, session } = client.getSnapshot();
  assert.deepEqual([state, session], ['unknown', null]);
  assert.equal((await client.session()).state, 'in');
});
