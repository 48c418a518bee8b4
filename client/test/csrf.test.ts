import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../src/index.js';
import { inside, page, post } from './page.js';
import { ORIGIN } from './service.js';

test('the CSRF value goes along with what changes something, and to no other origin', async () => {
  for (const [url, init, value] of [
    ['/posts', post, 'first'],
    ['/posts', { method: 'GET' }, null],
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
