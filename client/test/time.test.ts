import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inside } from './page.js';
import { ORIGIN } from './service.js';

test('while the service is away it is left alone for as long as it says', async () => {
  const { service, client } = await inside();
  service.access = false;
  service.instead.set('/refresh', [[503, { code: 'store_unavailable' }, { 'retry-after': '60' }]]);
  for (let request = 0; request < 5; request += 1) {
    const response = await client.fetch(`${ORIGIN}/posts`);
    assert.equal(response.status, 401);
  }
  assert.equal(service.count('/refresh'), 1);
  assert.equal(client.getSnapshot().error?.retryAfter, 60_000);
});

test('a service that is back is asked again at once', async () => {
  const { service, client } = await inside();
  service.instead.set('/session', [[429, { code: 'rate_limited' }, { 'retry-after': '60' }]]);
  await client.session();
  await client.session();
  service.access = false;
  assert.equal((await client.fetch(`${ORIGIN}/posts`)).status, 200);
});
