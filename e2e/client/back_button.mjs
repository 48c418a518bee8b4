// The back button, on a computer that another user has next.

import { logIn, logOut, open, shown, until } from '../application.mjs';

export default async function backButton({ browser, rows, start }) {
  const { application } = await start();
  const context = await browser.newContext();
  const [first, second] = [await open(context, application), await open(context, application)];
  await logIn(first, 'user1');
  await first.evaluate(() => {
    window.isKept = true;
    window.painted = [];
    const paint = () => {
      window.painted.push(document.querySelector('#who').textContent);
      requestAnimationFrame(paint);
    };
    paint();
    window.addEventListener('pagehide', () => { window.shown.length = 0; });
    document.addEventListener('freeze', () => { window.painted.length = 0; });
  });
  await first.goto(`${application.base}/elsewhere`);
  await logOut(second);
  await logIn(second, 'user2');
  await first.goBack({ waitUntil: 'commit' });
  await first.waitForFunction(() => window.isReady);
  const kept = await first.evaluate(() => ({
    isKept: Boolean(window.isKept),
    otherwise: performance.getEntriesByType('navigation')[0].notRestoredReasons?.reasons,
  }));
  rows.check('the page comes from the back-forward cache', kept.isKept, kept);
  const isSecond = await until(async () => (await shown(first)) === 'user2');
  rows.check('after the back button the page shows who is logged in now', isSecond, await shown(first));
  const told = await first.evaluate(() => window.shown);
  rows.check('and not who was before', !told.includes('user1'), told);
  if (!kept.isKept) return;
  rows.check('first it says that this is not known', told[0] === null, told);
  const painted = await first.evaluate(() => window.painted);
  rows.check('the former user is painted in no frame', painted.length > 0 && !painted.includes('user1'), painted);
}
