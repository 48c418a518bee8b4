import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clocks, inside, page, rest } from './page.js';
import { type Answer, ORIGIN } from './service.js';

const DAY = 86_400_000;

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

test('what fails for a while is left alone, and what is refused is not', async () => {
  const rows: [string, Answer, number][] = [
    ['no network', 'network', 1],
    ['too many', [429, { code: 'rate_limited' }], 1],
    ['an error of the service', [500, {}], 1],
    ['an outage', [503, {}], 1],
    ['an answer with an outage that says 0', [503, {}, { 'retry-after': '0' }], 1],
    ['a wrong CSRF value', [403, { code: 'csrf_mismatch' }], 2],
    ['several cookies', [401, { code: 'ambiguous_cookie' }], 2],
  ];
  for (const [row, first, refreshes] of rows) {
    const { service, client } = await inside();
    service.instead.set('/refresh', [first]);
    await client.refresh();
    await client.refresh();
    assert.equal(service.count('/refresh'), refreshes, row);
  }
});

test('a service that has not answered in time is left alone', async () => {
  const { service, client } = await inside({ timeout: 50 });
  service.held.set('/refresh', new Promise(() => {}));
  await client.refresh();
  await client.refresh();
  assert.equal(service.count('/refresh'), 1);
});

test('a service is given 8 seconds to answer', async (t) => {
  const { service, client } = await inside();
  t.mock.timers.enable({ apis: ['setTimeout'] });
  service.held.set('/refresh', new Promise(() => {}));
  const refreshed = client.refresh();
  await rest();
  t.mock.timers.tick(7_999);
  await rest();
  assert.equal(client.getSnapshot().stale, false);
  t.mock.timers.tick(1);
  assert.equal((await refreshed).error?.code, 'timeout');
});

test('each failure in a row is waited for longer, at random, from 1 to 30 seconds', async (t) => {
  let random = 0;
  t.mock.method(Math, 'random', () => random);
  for (const [share, waits] of [
    [0, [1_000, 1_000, 1_000, 1_000, 1_000, 1_000]],
    [0.5, [1_500, 2_500, 4_500, 8_500, 15_500, 15_500]],
    [1, [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]],
  ] as const) {
    random = share;
    const clock = clocks();
    // The page has been open for long.
    clock.steady = DAY;
    clock.wall = DAY;
    const { service, client } = await inside();
    const isTried = async () => {
      const before = service.count('/refresh');
      await client.refresh();
      return service.count('/refresh') > before;
    };
    for (const round of ['first', 'after it was back']) {
      service.instead.set('/refresh', Array(7).fill([503, {}]));
      assert.equal(await isTried(), true);
      for (const wait of waits) {
        clock.steady += wait - 1;
        assert.equal(await isTried(), false, `${round} ${random} ${wait}`);
        clock.steady += 1;
        assert.equal(await isTried(), true, `${round} ${random} ${wait}`);
      }
      clock.steady += 30_000;
      assert.equal((await client.refresh()).stale, false);
    }
  }
});

test('the service is left alone for as long as it says, and never for less than the client would', async (t) => {
  t.mock.method(Math, 'random', () => 0.5);
  for (const [row, said, retryAfter, wait] of [
    ['longer', '60', 60_000, 60_000],
    ['shorter', '1', 1_000, 1_500],
    ['not at all', '0', 0, 1_500],
    ['nothing', undefined, undefined, 1_500],
    ['a date, which handstamp never says', 'Wed, 21 Oct 2115 07:28:00 GMT', undefined, 1_500],
  ] as const) {
    const clock = clocks();
    const { service, client } = await inside();
    service.instead.set('/refresh', [[429, {}, said === undefined ? {} : { 'retry-after': said }]]);
    assert.equal((await client.refresh()).error?.retryAfter, retryAfter, row);
    clock.steady += wait - 1;
    await client.refresh();
    assert.equal(service.count('/refresh'), 1, row);
    clock.steady += 1;
    await client.refresh();
    assert.equal(service.count('/refresh'), 2, row);
  }
});

test('time is measured: no clock that is set takes or gives any, and a sleep of the computer counts', async () => {
  for (const [row, steady, wall, refreshes] of [
    ['no time', 0, 0, 0],
    ['the clock is set back by a day', 0, -DAY, 0],
    ['twenty seconds are left', 880_000, 880_000, 1],
    ['twenty seconds are left, and the clock is set back by a day', 880_000, 880_000 - DAY, 1],
    ['the computer has slept, and its steady clock as well', 0, 880_000, 1],
  ] as const) {
    const clock = clocks();
    const { service, client } = await inside();
    clock.steady += steady;
    clock.wall += wall;
    await client.ready();
    assert.equal(service.count('/refresh'), refreshes, row);
  }
});

test('a page that has been open for long measures as well', async () => {
  const clock = clocks();
  const { service, client } = await inside();
  clock.steady += DAY;
  clock.wall += DAY;
  await client.ready();
  await client.ready();
  assert.equal(service.count('/refresh'), 1);
});

test('an answer that does not say how long the token lasts changes nothing of that', async () => {
  for (const expires_in of [undefined, null]) {
    const clock = clocks();
    const { service, client } = await inside();
    service.instead.set('/refresh', [[200, { csrf: 'first', expires_in }]]);
    assert.equal((await client.refresh()).session?.expiresIn, null);
    await client.ready();
    assert.equal(service.count('/refresh'), 1);
    clock.steady += 900_000;
    await client.ready();
    assert.equal(service.count('/refresh'), 2);
  }
});

test('a page that is shown again asks if something may have changed, and once', async () => {
  const stale: Answer = [403, { code: 'csrf_mismatch' }];
  const rows: [string, { fails?: Answer; logsOut?: boolean; later?: number }, string[]][] = [
    ['nothing has', {}, []],
    ['the last question was not answered', { fails: stale }, ['GET /session']],
    ['the service is to be left alone', { fails: [503, {}] }, []],
    ['it was to be left alone', { fails: [503, {}], later: 60_000 }, ['GET /session']],
    ['the token has expired', { later: 901_000 }, ['GET /session', 'POST /refresh', 'GET /session']],
    ['no one is logged in, since long ago', { logsOut: true, later: 901_000 }, []],
  ];
  for (const [row, { fails, logsOut, later = 0 }, calls] of rows) {
    const document = page('');
    const clock = clocks();
    const { service, client } = await inside();
    if (fails) {
      service.instead.set('/refresh', [fails]);
      await client.refresh();
    }
    if (logsOut) await client.logout();
    service.access = later < 900_000;
    clock.steady += later;
    service.calls.length = 0;
    document.visibilityState = 'hidden';
    document.dispatchEvent(new Event('visibilitychange'));
    await rest();
    assert.deepEqual(service.calls, [], `${row}: hidden`);
    document.visibilityState = 'visible';
    document.dispatchEvent(new Event('visibilitychange'));
    await rest();
    assert.deepEqual(service.calls, calls, row);
  }
});

test('a service that answers again is asked who is logged in', async () => {
  const { service, client } = await inside();
  service.instead.set('/refresh', [[503, { code: 'busy' }]]);
  await client.refresh();
  assert.equal(client.getSnapshot().stale, true);
  await client.fetch(`${ORIGIN}/posts`);
  assert.equal(service.count('/session'), 0, 'not before it may be');
  await new Promise((done) => setTimeout(done, 2_100));
  await client.fetch(`${ORIGIN}/posts`);
  await new Promise((done) => setTimeout(done, 20));
  assert.equal(service.count('/session'), 1);
  assert.equal(client.getSnapshot().stale, false);
});

test('a service that goes on to fail is not asked who is logged in', async () => {
  const { service, client } = await inside();
  service.instead.set('/refresh', [[403, {}]]);
  assert.equal((await client.refresh()).stale, true);
  service.instead.set('/posts', [[503, {}]]);
  await client.fetch(`${ORIGIN}/posts`);
  await rest();
  assert.equal(service.count('/session'), 0);
});

test('a clock that jumps ahead by a day and is set right again shuts no one out for a day', async () => {
  const clock = clocks();
  const { service, client } = await inside();
  clock.wall += 86_400_000;
  service.instead.set('/refresh', [[503, {}]]);
  await client.refresh();
  clock.wall -= 86_400_000;
  clock.steady += 60_000;
  clock.wall += 60_000;
  await client.refresh();
  assert.equal(service.count('/refresh'), 2);
});

test('a token is not taken to last for a day more after the clock was a day ahead', async () => {
  const clock = clocks();
  const { service, client } = await inside();
  clock.wall += 86_400_000;
  await client.refresh();
  clock.wall -= 86_400_000;
  clock.steady += 890_000;
  clock.wall += 890_000;
  await client.ready();
  assert.equal(service.count('/refresh'), 2);
});
