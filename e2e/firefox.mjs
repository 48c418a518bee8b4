// Drives the client for browsers in headless Firefox, by WebDriver BiDi, against the binary, and reports which rows
// held.
//
//   node firefox.mjs <the program handstamp> <the folder with the built client>      FIREFOX=/path to use another

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import puppeteer from 'puppeteer-core';
import { Application, expired, logIn, logOut, open, request, Service, shown, state, until, within } from './application.mjs';
import { Rows } from './rows.mjs';

const [program, dist] = process.argv.slice(2);
if (!dist) {
  console.error('usage: node firefox.mjs <the program handstamp> <the folder with the built client>');
  process.exit(2);
}

const rows = new Rows();
const folder = await mkdtemp(join(tmpdir(), 'handstamp-firefox-'));
const application = await Application.start(dist);
const service = new Service([resolve(program)], { XDG_STATE_HOME: folder });
let browser;
try {
  await service.start();
  application.lead(service.base);
  browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX || '/usr/bin/firefox-esr',
    userDataDir: join(folder, 'profile'),
  });
  console.log(`${await browser.version()}, by ${browser.protocol}`);

  await within(60_000, drive());
} catch (error) {
  rows.check('the scenario runs to its end', false, error.stack);
} finally {
  await browser?.close();
  await application.goAway();
  await service.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exit(rows.end());

async function drive() {
  const first = await open(browser, application);
  console.log(`# ${await first.evaluate(() => navigator.userAgent)}`);
  rows.check('a visitor is out', (await state(first)).state === 'out', await state(first));
  await logIn(first, 'user1');
  rows.check('a log-in is known', (await state(first)).subject === 'user1', await state(first));
  rows.check('a post has its CSRF header', (await request(first, 'POST', '/posts', { title: 'one' })) === 200);
  const tokens = (await browser.cookies()).filter(({ httpOnly }) => httpOnly);
  const seen = await first.evaluate(() => document.cookie);
  rows.check('script sees no token', tokens.length >= 2 && !tokens.some(({ name }) => seen.includes(name)), [tokens, seen]);

  const tabs = [first];
  while (tabs.length < 5) tabs.push(await open(browser, application));
  await expired(first);
  let since = Date.now();
  const answers = await Promise.all(
    tabs.flatMap((tab) => [request(tab, 'GET', '/protected'), request(tab, 'POST', '/posts', { title: 'two' })]),
  );
  rows.check('five tabs with ten requests at expiry: all are answered', answers.every((status) => status === 200), answers);
  const refreshes = application.count('/refresh', since);
  rows.check('by at most five refreshes', refreshes <= 5, refreshes);
  console.log(`# five tabs: ${refreshes} refreshes`);

  const [, second, third] = tabs;
  await expired(first);
  since = Date.now();
  application.lose('/refresh');
  const three = [first, second, third];
  const statuses = await Promise.all(three.map((tab) => request(tab, 'GET', '/protected')));
  const isOne = statuses.toSorted().join() === '200,200,401';
  rows.check('an answer to a refresh that is lost stops one tab, and the others go on', isOne, statuses);
  const states = await Promise.all(three.map(state));
  rows.check('it logs out none of them', states.every((now) => now.state === 'in'), states);
  const loser = three[statuses.indexOf(401)] ?? first;
  const isServed = await until(async () => (await request(loser, 'GET', '/protected')) === 200);
  rows.check('the tab whose answer was lost goes on later', isServed, await state(loser));

  // The tab that is shown logs out, and the others are hidden.
  await second.bringToFront();
  await logOut(second);
  rows.check('a log-out is done', (await state(second)).state === 'out', await state(second));
  for (const tab of [first, third]) {
    await tab.bringToFront();
    const isOut = await until(async () => (await state(tab)).state === 'out');
    rows.check('a log-out reaches another tab when that is shown', isOut, await state(tab));
  }

  // Firefox keeps no page that has once asked for a lock with `ifAvailable` and did not get it, so this one is new.
  const last = await open(browser, application);
  await logIn(last, 'user1');
  await last.evaluate(() => {
    window.isKept = true;
    window.addEventListener('pagehide', () => { window.shown.length = 0; });
  });
  // It keeps no page with a lock either, and that of the log-in ends a moment after it.
  await until(() => last.evaluate(async () => (await navigator.locks.query()).held.length === 0));
  await last.goto(`${application.base}/elsewhere`);
  await logOut(second);
  await logIn(second, 'user2');
  await last.goBack({ waitUntil: [] });
  await last.waitForFunction(() => window.isReady);
  const isKept = await last.evaluate(() => Boolean(window.isKept));
  rows.check('the page comes from the back-forward cache', isKept, isKept);
  const isSecond = await until(async () => (await shown(last)) === 'user2');
  rows.check('after the back button the page shows who is logged in now', isSecond, await shown(last));
  const told = await last.evaluate(() => window.shown);
  rows.check('and not who was before', !told.includes('user1'), told);
}
