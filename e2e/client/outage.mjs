// A network and a service that go away and come back, and answers that never come.

import { expired, logIn, open, pause, refresh, request, state, until } from '../application.mjs';

export default async function outage({ browser, rows, start }) {
  const { application, service } = await start();
  const context = await browser.newContext();
  const tab = await open(context, application);
  await logIn(tab, 'user1');
  const isServed = async () => (await request(tab, 'GET', '/protected')) === 200;

  await expired(tab);
  await context.setOffline(true);
  const offline = await request(tab, 'GET', '/protected');
  rows.check('a request without a network fails', offline !== 200, offline);
  await refresh(tab);
  let now = await state(tab);
  rows.check('and no one is logged out for it', now.state === 'in' && now.stale, now);
  await context.setOffline(false);
  rows.check('with the network all goes on', await until(isServed), await state(tab));

  await expired(tab);
  await service.stop();
  await refresh(tab);
  now = await state(tab);
  rows.check('a service that is away logs no one out', now.state === 'in' && now.stale, now);
  await service.start();
  rows.check('when it is back all goes on', await until(isServed), await state(tab));

  // No event tells of this.
  const impatient = await open(context, application, '/application?timeout=500');
  for (const [path, ask] of [['/refresh', 'refresh'], ['/session', 'session']]) {
    const release = application.hold(path);
    const begin = Date.now();
    await impatient.evaluate((ask) => window.client[ask](), ask);
    const waited = Date.now() - begin;
    now = await state(impatient);
    const isInTime = now.error === 'timeout' && waited >= 500 && waited < 3_000;
    rows.check(`${path} without an answer ends after the time-out`, isInTime, [now, waited]);
    rows.check('which logs no one out', now.state === 'in' && now.stale && now.subject === 'user1', now);
    release();
    const isSure = async () => {
      await impatient.evaluate(() => window.client.session());
      return !(await state(impatient)).stale;
    };
    rows.check(`when ${path} answers again all goes on`, await until(isSure), await state(impatient));
  }
  await impatient.close();

  const ten = [tab];
  while (ten.length < 10) ten.push(await open(context, application));
  for (const one of ten) await one.evaluate(work);
  await service.stop();
  // Each of them meets the outage, and then its token expires.
  await until(async () => (await Promise.all(ten.map(state))).every(({ stale }) => stale));
  const cookies = await context.cookies();
  const { value } = cookies.find(({ name }) => name.startsWith('access_token_cookie'));
  const { exp } = JSON.parse(Buffer.from(value.split('.')[1], 'base64url'));
  await until(() => Date.now() > exp * 1_000);
  const states = await Promise.all(ten.map(state));
  rows.check('ten active tabs meet an outage, and none is logged out', states.every((now) => now.state === 'in' && now.stale), states);
  // The service is slow at first, so that all of them wait.
  const release = application.hold('/refresh');
  await service.start();
  const back = Date.now();
  await until(() => application.count('/refresh', back) > 0);
  await pause(500);
  release();
  await pause(back + 1_000 - Date.now());
  const refreshes = application.calls.filter(({ at, path }) => path === '/refresh' && at >= back && at < back + 1_000).length;
  rows.check('in the first second after it is back they refresh 20 times at most', refreshes <= 20, refreshes);
  const last = () => Promise.all(ten.map((one) => one.evaluate(() => window.last)));
  const areServed = await until(async () => (await last()).every((status) => status === 200), 20_000);
  rows.check('and then all are served again, without a reload', areServed, await last());
  const took = Date.now() - back;
  await Promise.all(ten.map((one) => one.evaluate(() => window.client.session())));
  const later = await Promise.all(ten.map(state));
  rows.check('and in', later.every((now) => now.state === 'in' && !now.stale), later);
  const total = application.count('/refresh', back);
  console.log(`# ten tabs after a restart: ${refreshes} refreshes in the first second, ${total} until all were served after ${took} ms`);
}

// What an active tab does: it asks for several things at once, again and again.
function work() {
  const get = () => window.client.fetch('/protected').then(({ status }) => status, (error) => error.message);
  const ask = async () => {
    const answers = await Promise.all([get(), get(), get()]);
    window.last = answers.find((status) => status !== 200) ?? 200;
    if (window.last !== 200) await window.client.refresh();
    setTimeout(ask, 200);
  };
  void ask();
}
