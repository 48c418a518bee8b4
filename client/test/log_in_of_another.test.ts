import assert from 'node:assert/strict';
import { test } from 'node:test';
import { another, gate, inside, Locks, navigate, page, post, rest } from './page.js';
import { ORIGIN } from './service.js';

test('a request of user1 that waits for the lock while user2 logs in on this page is not sent', async () => {
  navigate(new Locks());
  const { service, client } = await inside();
  service.access = false;
  const { opened, open } = gate();
  service.held.set('/login', opened);
  const login = client.login({ username: 'user2' });
  await rest();
  const sent = client.fetch(`${ORIGIN}/posts`, post);
  await rest();
  service.csrf = 'second';
  open();
  await assert.rejects(sent, { code: 'user_changed' });
  await login;
  assert.deepEqual(service.bodies, []);
});

test('nor one that waits for the question who is logged in', async () => {
  const { service, client } = await inside();
  const [login, session] = [gate(), gate()];
  service.held.set('/login', login.opened);
  const loggedIn = client.login({ username: 'user2' });
  await rest();
  Object.assign(service, { csrf: 'second', subject: 'user2' });
  service.held.set('/session', session.opened);
  const sent = client.fetch(`${ORIGIN}/posts`, post);
  await rest();
  login.open();
  await rest();
  const bodies = [...service.bodies];
  session.open();
  await loggedIn;
  await assert.rejects(sent, { code: 'user_changed' });
  assert.deepEqual(bodies, []);
});

test('the error of a request that outlives its page does not name the former user as the new one', async () => {
  const document = page('csrf_access_token=first; csrf_refresh_token=first');
  const { service, client } = await inside();
  another(service, document);
  const error = await client.fetch(`${ORIGIN}/posts`, { ...post, keepalive: true }).catch((error) => error);
  assert.equal(error.message, 'this browser is logged in as another user, and was as user1');
});

test('the error does not say undefined', async () => {
  const document = page('csrf_access_token=first; csrf_refresh_token=first');
  const { service, client } = await inside();
  service.instead.set('/session', [[503, {}]]);
  await client.login({ username: 'user1' });
  another(service, document);
  const error = await client.fetch(`${ORIGIN}/posts`, { ...post, keepalive: true }).catch((error) => error);
  assert.doesNotMatch(error.message, /undefined/);
});
