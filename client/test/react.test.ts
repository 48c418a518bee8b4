import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { createClient } from '../src/index.js';
import { useSession } from '../src/react.js';
import { ORIGIN, Service } from './service.js';

test('a server renders no user, so that no answer shows one to another', async () => {
  const service = new Service();
  const client = createClient({ baseUrl: ORIGIN, fetch: service.fetch });
  await client.login({ username: 'user1' });
  const Page = () => useSession(client).state;
  assert.equal(renderToString(createElement(Page)), 'unknown');
  client.dispose();
});

test('a snapshot is the same object until something changes, as React needs it', async () => {
  const client = createClient({ baseUrl: ORIGIN, fetch: new Service().fetch });
  assert.equal(client.getSnapshot(), client.getSnapshot());
  const before = client.getSnapshot();
  await client.session();
  assert.notEqual(client.getSnapshot(), before);
  client.dispose();
});
