import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inside, post } from './page.js';
import { type Answer, ORIGIN } from './service.js';

test('the style of AuthX, which has types and no codes, is understood', async () => {
  const expired: Answer = [422, { message: 'Token has expired', error_type: 'TokenExpiredError' }];
  const { service, client } = await inside();
  service.instead.set('/posts', [expired]);
  assert.equal((await client.fetch(`${ORIGIN}/posts`, post)).status, 200);
  assert.equal(service.count('/refresh'), 1);
  service.instead.set('/posts', [[401, { error_type: 'CSRFError' }]]);
  assert.equal((await client.fetch(`${ORIGIN}/posts`, post)).status, 200);
  service.instead.set('/posts', [[422, { error_type: 'JWTDecodeError' }]]);
  assert.equal((await client.fetch(`${ORIGIN}/posts`)).status, 422);
  assert.equal(service.count('/refresh'), 1, 'several cookies have the same type, which no refresh cures');
  service.instead.set('/session', [expired]);
  assert.equal((await client.session()).state, 'in');
  service.instead.set('/session', [expired]);
  service.instead.set('/refresh', [[401, { error_type: 'RevokedTokenError' }]]);
  assert.equal((await client.session()).state, 'out');
});

test('each of the tokens may have a header of its own', async () => {
  const { service, client } = await inside({ header: { access: 'X-ONE', refresh: 'X-CSRF-TOKEN' } });
  await client.refresh();
  assert.equal(service.seen.get('/refresh')?.get('x-csrf-token'), 'first');
  assert.equal(service.seen.get('/refresh')?.get('x-one'), null);
  await client.fetch(`${ORIGIN}/posts`, post).catch(() => {});
  assert.equal(service.seen.get('/posts')?.get('x-one'), 'first');
  await client.logout();
  assert.equal(service.seen.get('/logout')?.get('x-csrf-token'), 'first');
});
