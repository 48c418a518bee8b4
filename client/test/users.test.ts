import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, createClient } from '../src/index.js';
import { another, clients, inside, page, post } from './page.js';
import { ORIGIN, Service } from './service.js';

test('the same user who has logged in again is served with the new value', async () => {
  const { service, client } = await inside();
  service.csrf = 'second';
  const response = await client.fetch(`${ORIGIN}/posts`, post);
  assert.equal(response.status, 200);
  assert.deepEqual(service.bodies, ['a post']);
});

test('nothing is done as another user than the page was made for', async () => {
  const { service, client } = await inside();
  Object.assign(service, { csrf: 'second', subject: 'user2' });
  await assert.rejects(client.fetch(`${ORIGIN}/posts`, post), { code: 'user_changed' });
  assert.deepEqual(service.bodies, []);
  assert.equal(client.getSnapshot().session?.subject, 'user2');
});

test('where script can read the cookie, another user is noticed before a request that only reads', async () => {
  const document = page('csrf_access_token=first');
  const { service, client } = await inside();
  Object.assign(service, { csrf: 'second', subject: 'user2' });
  document.cookie = 'other=1; csrf_access_token=second';
  await assert.rejects(client.fetch(`${ORIGIN}/posts`), { code: 'user_changed' });
  assert.equal(service.count('/posts'), 0);
});

test('whenever another user comes, nothing is sent in his name', async () => {
  const rows: [string, (service: Service, client: Client, document: { cookie: string }) => Promise<unknown>][] = [
    [
      'while the first try is under way',
      (service, client, document) => {
        service.access = false;
        service.held.set('/posts', new Promise<void>((done) => setTimeout(done, 20)));
        const sent = client.fetch(`${ORIGIN}/posts`, post);
        setTimeout(() => {
          another(service, document);
          service.access = false;
        }, 10);
        return sent;
      },
    ],
    [
      'before a refresh',
      async (service, client, document) => {
        another(service, document);
        const asked = client.fetch(`${ORIGIN}/posts`, post);
        await client.refresh();
        return asked;
      },
    ],
    [
      'before a request that outlives its page',
      (service, client, document) => {
        another(service, document);
        return client.fetch(`${ORIGIN}/posts`, { ...post, keepalive: true });
      },
    ],
    [
      'before a page comes back from the back-forward cache',
      (service, client, document) => {
        another(service, document);
        globalThis.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
        return client.fetch(`${ORIGIN}/posts`, post);
      },
    ],
  ];
  for (const [row, act] of rows) {
    const document = page('csrf_access_token=first; csrf_refresh_token=first');
    const { service, client } = await inside();
    await assert.rejects(act(service, client, document), { code: 'user_changed' }, row);
    assert.deepEqual(service.bodies, [], row);
  }
});

test('what is asked for is in the name of the user that the application has heard of', async () => {
  for (const [row, hear, isSent] of [
    ['not of the new one', async () => {}, false],
    ['not of the new one, and the request outlives its page', async () => {}, false],
    ['by an error', (client: Client) => client.fetch(`${ORIGIN}/posts`, post).catch(() => {}), false],
    ['by asking', (client: Client) => client.session(), true],
  ] as const) {
    const document = page('csrf_access_token=first; csrf_refresh_token=first');
    const { service, client } = await inside();
    another(service, document);
    await client.refresh();
    assert.equal(client.getSnapshot().session?.subject, 'user2', row);
    await hear(client);
    const sent = client.fetch(`${ORIGIN}/posts`, { ...post, keepalive: row.includes('outlives') });
    if (isSent) await sent;
    else await assert.rejects(sent, { code: 'user_changed' }, row);
    assert.deepEqual(service.bodies, isSent ? ['a post'] : [], row);
  }
});

test('an application that listens has heard of another user', async () => {
  const document = page('csrf_access_token=first; csrf_refresh_token=first');
  const { service, client } = await inside();
  client.onChange(() => {});
  another(service, document);
  await client.refresh();
  assert.equal((await client.fetch(`${ORIGIN}/posts`, post)).status, 200);
});

test('a page that logs in as another user acts as that one', async () => {
  for (const logsOut of [true, false]) {
    const { service, client } = await inside();
    if (logsOut) await client.logout();
    await client.login({ username: 'user2', password: 'password2' });
    assert.equal((await client.fetch(`${ORIGIN}/posts`, post)).status, 200);
    assert.deepEqual(service.bodies, ['a post']);
  }
});

test('a refresh that finds another user says so', async () => {
  const document = page('csrf_access_token=first; csrf_refresh_token=first');
  const { service, client } = await inside();
  another(service, document);
  assert.equal((await client.refresh()).session?.subject, 'user2');
});

test('the value that is pinned is that of the answer, whatever the cookie says by then', async () => {
  const document = page('csrf_access_token=first; csrf_refresh_token=first');
  const service = new Service();
  const racing: typeof fetch = async (...request) => {
    const answered = await service.fetch(...request);
    if (service.calls.at(-1) === 'GET /session' && service.csrf === 'first') another(service, document);
    return answered;
  };
  const client = createClient({ baseUrl: ORIGIN, fetch: racing });
  clients.push(client);
  await client.login({ username: 'user1' });
  await assert.rejects(client.fetch(`${ORIGIN}/posts`, post), { code: 'user_changed' });
});
