// Tabs that the browser freezes, as it does with those in the background: their scripts and clocks stand still.
//
// To Playwright's tabs all of them are in the foreground, and those cannot be frozen. Puppeteer's can.

import puppeteer from 'puppeteer-core';
import { expired, logIn, logOut, open, request, shown, state, until } from '../application.mjs';

export default async function frozen({ rows, browserOptions, start }) {
  // A refresh and all that waits for it take less than the life of the token.
  const { application } = await start({ settings: { JWT_ACCESS_TOKEN_EXPIRES: '5' } });
  const { executablePath, args } = browserOptions;
  const browser = await puppeteer.launch({ executablePath, args });
  try {
    const [sleeper, other] = [await open(browser, application), await open(browser, application)];
    const session = await sleeper.createCDPSession();
    let refreshes = 0;
    sleeper.on('request', (sent) => { if (sent.url().endsWith('/refresh')) refreshes += 1; });
    const get = (tab) => request(tab, 'GET', '/protected');
    const freeze = async () => {
      await other.bringToFront();
      await sleeper.evaluate(watch);
      await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    };
    // Returns for how many milliseconds the tab was frozen.
    const wake = async () => {
      refreshes = 0;
      await session.send('Page.setWebLifecycleState', { state: 'active' });
      await sleeper.bringToFront();
      await sleeper.waitForFunction(() => window.slept);
      return sleeper.evaluate(() => window.slept);
    };

    await logIn(sleeper, 'user1');
    await expired(other);
    const release = application.hold('/refresh');
    await sleeper.evaluate(() => {
      window.asked = window.client.fetch('/protected').then(({ status }) => status, (error) => error.code);
    });
    rows.check('a tab refreshes', await until(() => application.count('/refresh') === 1), application.calls);
    await freeze();
    const begin = Date.now();
    const refused = () => application.calls.filter(({ path, status }) => path === '/protected' && status === 401).length;
    const before = refused();
    const waiting = get(other);
    await until(() => refused() > before);
    release();
    const waited = await waiting;
    rows.check('when it is frozen with the lock, it stops no other', waited === 200, waited);
    console.log(`# waited ${Date.now() - begin} ms for a frozen tab`);
    let slept = await wake();
    rows.check('its clocks stood still', slept > 2_500, slept);
    const answered = await sleeper.evaluate(() => window.asked);
    rows.check('when it wakes its request is answered', answered === 200, answered);
    let now = await state(sleeper);
    rows.check('and it is in', now.subject === 'user1' && !now.stale, now);
    rows.check('all that by one refresh', application.count('/refresh') === 1, application.calls);

    await freeze();
    await expired(other);
    slept = await wake();
    const late = await get(sleeper);
    rows.check('a tab that has slept through the expiry goes on', slept > 1_000 && late === 200, [slept, late]);
    rows.check('by one refresh', refreshes === 1, refreshes);
    rows.check('and is in', (await state(sleeper)).subject === 'user1', await state(sleeper));

    await freeze();
    await expired(other);
    rows.check('while a tab sleeps the others refresh', (await get(other)) === 200, await state(other));
    await wake();
    rows.check('when it wakes it goes on', (await get(sleeper)) === 200, await state(sleeper));
    rows.check('without a refresh', refreshes === 0, refreshes);

    await freeze();
    await logOut(other);
    await logIn(other, 'user2');
    await wake();
    const isSecond = await until(async () => (await shown(sleeper)) === 'user2');
    rows.check('a tab that has slept through a change of users shows who is logged in', isSecond, await state(sleeper));
    now = await state(sleeper);
    rows.check('and is in, without a refresh', now.state === 'in' && !now.stale && refreshes === 0, [now, refreshes]);
  } finally {
    await browser.close();
  }
}

// Notes for how long this tab was frozen.
function watch() {
  window.slept = undefined;
  let begin;
  document.addEventListener('freeze', () => { begin = Date.now(); }, { once: true });
  document.addEventListener('resume', () => { window.slept = Date.now() - begin; }, { once: true });
}
