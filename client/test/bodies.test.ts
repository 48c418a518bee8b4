import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inside, post } from './page.js';
import { ORIGIN } from './service.js';

test('a body is sent again byte for byte', async () => {
  for (const body of ['text', new Uint8Array([0, 255, 10]), new Blob(['blob']), new URLSearchParams({ a: 'ä' })]) {
    const { service, client } = await inside();
    service.access = false;
    await client.fetch(`${ORIGIN}/posts`, { method: 'POST', body });
    assert.deepEqual(service.bodies, [await new Response(body).text()]);
  }
});

test('a stream is sent once, and its refusal is handed on', async () => {
  const { service, client } = await inside();
  service.access = false;
  const init = { method: 'POST', body: new Blob(['stream']).stream(), duplex: 'half' } as RequestInit;
  const response = await client.fetch(`${ORIGIN}/posts`, init);
  assert.equal(response.status, 401);
  assert.equal(service.count('/posts'), 1);
});

test('a request that outlives its page has its header at once, and no second try', async () => {
  const { service, client } = await inside();
  service.access = false;
  const sent = client.fetch(`${ORIGIN}/posts`, { ...post, keepalive: true });
  assert.deepEqual(service.calls, ['POST /posts']);
  assert.equal((await sent).status, 401);
  assert.equal(service.seen.get('/posts')?.get('x-csrf-token'), 'first');
});
