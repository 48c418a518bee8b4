import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, createClient } from '../src/index.js';
import { inside } from './page.js';
import { type Answer, ORIGIN, Service } from './service.js';

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

test('a log-in whose user cannot be asked for is one', async () => {
  const { service, client } = await inside();
  service.instead.set('/session', [[503, { code: 'store_unavailable' }]]);
  const { state, stale, session } = await client.login({ username: 'user2' });
  assert.deepEqual([state, stale, session], ['in', true, null]);
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
