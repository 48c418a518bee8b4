import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, createClient } from '../src/index.js';
import { another, clients, gate, inside, page, post, rest } from './page.js';
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
      'before a stream',
      (service, client, document) => {
        another(service, document);
        const init = { method: 'POST', body: new Blob(['stream']).stream(), duplex: 'half' } as RequestInit;
        return client.fetch(`${ORIGIN}/posts`, init);
      },
    ],
    [
      'while several wait for a refresh',
      async (service, client, document) => {
        service.access = false;
        const { opened, open } = gate();
        service.held.set('/refresh', opened);
        service.instead.set('/refresh', [[200, { csrf: 'second', refresh_csrf: 'second', expires_in: 900 }]]);
        const all = Array.from({ length: 5 }, () => client.fetch(`${ORIGIN}/posts`, post));
        while (service.count('/refresh') === 0) await rest();
        another(service, document);
        open();
        const settled = await Promise.allSettled(all);
        assert.deepEqual(
          settled.map((one) => one.status === 'rejected' && one.reason.code),
          Array(5).fill('user_changed'),
        );
        return all[0];
      },
    ],
    [
      'and the answer to a refresh does not tell',
      async (service, client, document) => {
        another(service, document);
        service.instead.set('/refresh', [[200, { expires_in: 900 }]]);
        await client.refresh();
        return client.fetch(`${ORIGIN}/posts`, post);
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

test('the error names both users', async () => {
  const document = page('csrf_access_token=first; csrf_refresh_token=first');
  const { service, client } = await inside();
  another(service, document);
  const message = 'this browser is logged in as user2, and was as user1';
  await assert.rejects(client.fetch(`${ORIGIN}/posts`, post), { message, status: 0 });
});

test('where the other user is not known the error says so', async () => {
  const document = page('csrf_access_token=first; csrf_refresh_token=first');
  const { service, client } = await inside();
  service.instead.set('/session', [[503, {}]]);
  await client.login({ username: 'user1' });
  another(service, document);
  const sent = client.fetch(`${ORIGIN}/posts`, { ...post, keepalive: true });
  await assert.rejects(sent, { code: 'user_changed', message: /^this browser is logged in as another user,/ });
});

test('where no answer tells a value, that of the cookie is the one of the page', async () => {
  const document = page('csrf_access_token=first; csrf_refresh_token=first');
  const service = new Service();
  const client = createClient({ baseUrl: ORIGIN, fetch: service.fetch });
  clients.push(client);
  service.instead.set('/session', [[200, { subject: 'user1' }]]);
  await client.session();
  another(service, document);
  await assert.rejects(client.fetch(`${ORIGIN}/posts`), { code: 'user_changed' });
  assert.equal(service.count('/posts'), 0);
});

test('the value of the page goes along, also if the cookie is replaced right after the look at it', async () => {
  const document = page('csrf_access_token=first; csrf_refresh_token=first');
  const { service, client } = await inside();
  service.instead.set('/posts', [[500, {}]]);
  let isLooked = false;
  Object.defineProperty(document, 'cookie', {
    get() {
      if (!isLooked) queueMicrotask(() => another(service));
      isLooked = true;
      return `csrf_access_token=${service.csrf}; csrf_refresh_token=${service.csrf}`;
    },
  });
  await client.fetch(`${ORIGIN}/posts`, post);
  assert.equal(service.csrf, 'second');
  assert.equal(service.seen.get('/posts')?.get('x-csrf-token'), 'first');
});

test('a cookie that changes while the user is asked for is looked at once more, and not for ever', async () => {
  for (const [row, values, isSent, questions] of [
    ['the same user has logged in twice', ['second', 'third'], true, 2],
    ['a cookie that is never that of the answers', [], false, 2],
  ] as const) {
    const document = page('csrf_access_token=first; csrf_refresh_token=first');
    const { service } = await inside();
    const left: string[] = [...values];
    const client = createClient({
      baseUrl: ORIGIN,
      fetch: async (input, init) => {
        const answered = await service.fetch(input, init);
        const value = String(input).endsWith('/session') && left.shift();
        if (value) {
          service.csrf = value;
          document.cookie = `csrf_access_token=${value}; csrf_refresh_token=${value}`;
        }
        return answered;
      },
    });
    clients.push(client);
    await client.session();
    if (!isSent) document.cookie = 'csrf_access_token=of-another-path';
    service.calls.length = 0;
    const sent = client.fetch(`${ORIGIN}/posts`, post);
    if (isSent) assert.equal((await sent).status, 200, row);
    else await assert.rejects(sent, { code: 'user_changed' }, row);
    assert.equal(service.count('/session'), questions, row);
  }
});

test('where the new user cannot be asked for, nothing is sent, and the error says why', async () => {
  const document = page('csrf_access_token=first; csrf_refresh_token=first');
  const { service, client } = await inside();
  another(service, document);
  service.instead.set('/session', [[503, { code: 'store_unavailable' }]]);
  await assert.rejects(client.fetch(`${ORIGIN}/posts`, post), { code: 'store_unavailable' });
  assert.deepEqual(service.calls, ['GET /session']);
});

test('a page whose session has ended may ask for what is public', async () => {
  const { service, client } = await inside();
  service.instead.set('/refresh', [[401, { code: 'session_ended' }]]);
  assert.equal((await client.refresh()).state, 'out');
  service.instead.set('/public', [[200, {}]]);
  assert.equal((await client.fetch(`${ORIGIN}/public`)).status, 200);
});

test('a page whose session has ended is not the next user who comes in another tab', async () => {
  const document = page('');
  const { service, client } = await inside();
  service.instead.set('/refresh', [[401, { code: 'session_ended' }]]);
  await client.refresh();
  service.instead.set('/session', [[200, { subject: null }]]);
  assert.equal((await client.session()).state, 'out');
  another(service, document);
  await client.refresh();
  assert.equal(client.getSnapshot().session?.subject, 'user2');
  await assert.rejects(client.fetch(`${ORIGIN}/posts`, post), { code: 'user_changed' });
});

test('a page that has logged out, whether it asked or not, acts as the one who comes next', async () => {
  for (const asks of [false, true]) {
    const document = page('');
    const { service, client } = await inside();
    await client.logout();
    if (asks) await client.session();
    another(service, document);
    await client.refresh();
    assert.equal((await client.fetch(`${ORIGIN}/posts`, post)).status, 200);
    assert.deepEqual(service.bodies, ['a post']);
  }
});

test('the user of a log-in who could not be asked for at first is not the former one', async () => {
  page('');
  const { service, client } = await inside();
  service.instead.set('/session', Array(2).fill([503, {}]));
  await client.login({ username: 'user2' });
  await client.session();
  globalThis.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  await rest();
  assert.equal(client.getSnapshot().session?.subject, 'user2');
  assert.equal((await client.fetch(`${ORIGIN}/posts`, post)).status, 200);
});

test('an abort ends the wait for the question who is logged in', async () => {
  const document = page('csrf_access_token=first; csrf_refresh_token=first');
  const { service, client } = await inside();
  another(service, document);
  service.held.set('/session', new Promise(() => {}));
  const signal = AbortSignal.timeout(20);
  await assert.rejects(client.fetch(`${ORIGIN}/posts`, { signal }), { name: 'TimeoutError' });
  assert.equal(service.count('/posts'), 0);
});
