import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inside } from './page.js';
import { ORIGIN } from './service.js';

test('everything works where there are no locks, and where they throw or refuse', async (t) => {
  const rows: [string, unknown][] = [
    ['no locks, as on plain HTTP', undefined],
    ['locks that refuse, as in some frames', { request: () => Promise.reject(new Error('SecurityError')) }],
  ];
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  t.after(() => {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else Reflect.deleteProperty(globalThis, 'navigator');
  });
  for (const [row, locks] of rows) {
    Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
    const { service, client } = await inside();
    service.access = false;
    assert.equal((await client.fetch(`${ORIGIN}/posts`)).status, 200, row);
    assert.equal((await client.logout()).state, 'out', row);
  }
});

test('thirty requests share a refresh also when another tab holds the lock', async (t) => {
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  t.after(() => {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else Reflect.deleteProperty(globalThis, 'navigator');
  });
  const { service, client } = await inside();
  const request = (_: string, options: { ifAvailable?: boolean }, work: (lock: null) => unknown) =>
    options.ifAvailable ? Promise.resolve(work(null)) : Promise.reject(new Error('AbortError'));
  Object.defineProperty(globalThis, 'navigator', { value: { locks: { request } }, configurable: true });
  service.access = false;
  const all = Array.from({ length: 30 }, () => client.fetch(`${ORIGIN}/posts`));
  for (const response of await Promise.all(all)) assert.equal(response.status, 200);
  assert.equal(service.count('/refresh'), 1);
});
