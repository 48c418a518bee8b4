// Many tabs of one browser, whose access token expires.

import { expired, generation, logIn, open, refresh, request, state, until } from '../application.mjs';

export default async function tabs({ browser, rows, start }) {
  const { application } = await start();
  const context = await browser.newContext();
  const ten = [await open(context, application)];
  await logIn(ten[0], 'user1');
  while (ten.length < 10) ten.push(await open(context, application));
  const [first, second, third] = ten;

  await expired(first);
  let since = Date.now();
  let before = await generation(context, application);
  const answers = await Promise.all(
    ten.flatMap((tab) => [
      request(tab, 'GET', '/protected'),
      request(tab, 'POST', '/posts', { title: 'two' }),
      request(tab, 'GET', '/sessions'),
    ]),
  );
  rows.check('ten tabs with thirty requests at expiry: all are answered', answers.every((status) => status === 200), answers);
  let refreshes = application.count('/refresh', since);
  rows.check('by at most ten refreshes', refreshes <= 10, refreshes);
  let after = await generation(context, application);
  rows.check('of which one rotates', after === before + 1, [before, after]);
  console.log(`# ten tabs: ${refreshes} refreshes`);

  // The tab that has the lock hears nothing, and the others come after it.
  await expired(first);
  since = Date.now();
  before = after;
  application.lose('/refresh');
  const three = [first, second, third];
  const statuses = await Promise.all(three.map((tab) => request(tab, 'GET', '/protected')));
  const loser = three[statuses.indexOf(401)];
  const isOne = statuses.toSorted().join() === '200,200,401';
  rows.check('an answer to a refresh that is lost stops one tab, and the others go on', isOne, statuses);
  const states = await Promise.all(three.map(state));
  rows.check('it logs out none of them', states.every((now) => now.state === 'in'), states);
  rows.check('the tab whose answer was lost knows no better', states[three.indexOf(loser)]?.stale, states);
  rows.check('and goes on later', await until(async () => (await request(loser, 'GET', '/protected')) === 200), await state(loser));
  after = await generation(context, application);
  rows.check('all have the same successor', after === before + 1, [before, after]);
  refreshes = application.count('/refresh', since);
  rows.check('by at most three refreshes', refreshes <= 3, refreshes);
  console.log(`# three tabs, one answer lost: ${refreshes} refreshes`);

  await expired(first);
  since = Date.now();
  before = after;
  application.lose('/refresh');
  await refresh(first);
  const alone = await state(first);
  rows.check('a tab whose answer is lost while no other is there is not logged out', alone.state === 'in' && alone.stale, alone);
  rows.check('one more try succeeds', await until(async () => (await request(first, 'GET', '/protected')) === 200), await state(first));
  after = await generation(context, application);
  rows.check('with the same successor', after === before + 1, [before, after]);
  refreshes = application.count('/refresh', since);
  rows.check('and there was no other try', refreshes === 2, refreshes);

  // A slow request was refused for the old token, and hears of it when the tab has a new one.
  await expired(first);
  since = Date.now();
  const release = application.hold('/sessions');
  const slow = request(first, 'GET', '/sessions');
  const isRefused = () => application.calls.some(({ at, path, status }) => at >= since && path === '/sessions' && status === 401);
  await until(isRefused);
  await request(first, 'GET', '/protected');
  release();
  rows.check('a refusal that arrives after a refresh is cured', (await slow) === 200, await slow);
  refreshes = application.count('/refresh', since);
  rows.check('by that refresh', refreshes === 1, refreshes);

  await expired(second);
  await third.evaluate(() => {
    navigator.locks.request(`handstamp ${location.origin}/`, () => new Promise(() => {}));
  });
  const begin = Date.now();
  const patient = await request(second, 'GET', '/protected');
  rows.check('a tab that holds the lock for ever is waited for, and then no longer', patient === 200, patient);
  console.log(`# waited ${Date.now() - begin} ms for the lock`);
}
