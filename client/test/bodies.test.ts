import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '../src/index.js';
import { clients, inside, page, post } from './page.js';
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

test('a body of any kind is sent again with the same bytes and the same type', async () => {
  const form = new FormData();
  form.set('file', new File([new Uint8Array([0, 255, 13, 10])], 'a file'));
  const bytes = new Uint8Array([0, 255, 10]);
  const image = new Blob([bytes], { type: 'image/png' });
  const own = { 'content-type': 'x/own' };
  const rows: [string, Parameters<typeof fetch>, string, string, RegExp][] = [
    ['a form', ['/posts', { method: 'POST', body: form }], 'POST', '00ff0d0a', /^multipart.form-data; boundary=/],
    ['an ArrayBuffer', ['/posts', { method: 'POST', body: bytes.buffer }], 'POST', '00ff0a', /^null$/],
    ['a Blob', ['/posts', { method: 'POST', body: image }], 'POST', '00ff0a', /^image.png$/],
    [
      'a Request',
      [new Request(`${ORIGIN}/posts`, { method: 'PUT', body: bytes, headers: own })],
      'PUT',
      '00ff0a',
      /^x.own$/,
    ],
    [
      'a Request, and what replaces parts of it',
      [new Request(`${ORIGIN}/posts`, post), { method: 'PUT', body: bytes, headers: own }],
      'PUT',
      '00ff0a',
      /^x.own$/,
    ],
  ];
  for (const [row, request, method, bytes, type] of rows) {
    page('csrf_access_token=first; csrf_refresh_token=first');
    const { service } = await inside();
    const sent: string[][] = [];
    const call: typeof fetch = async (input, init) => {
      const sending = new Request(input instanceof Request ? input.clone() : input, init);
      if (sending.url.endsWith('/posts')) {
        const body = Buffer.from(await sending.arrayBuffer()).toString('hex');
        sent.push([sending.method, String(sending.headers.get('content-type')), body]);
      }
      return service.fetch(input, init);
    };
    const client = createClient({ baseUrl: ORIGIN, fetch: call });
    clients.push(client);
    service.access = false;
    const response = await client.fetch(...request);
    assert.deepEqual([response.status, sent.length, service.count('/refresh')], [200, 2, 1], row);
    assert.deepEqual(sent[1], sent[0], row);
    assert.equal(sent[0]?.[0], method, row);
    assert.match(String(sent[0]?.[1]), type, row);
    assert.ok(sent[0]?.[2]?.includes(bytes), row);
  }
});
