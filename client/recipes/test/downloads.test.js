import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Application, expired, logIn, logOut, pause } from './application.js';

const application = new Application();
const { site } = application;
const report = 'a,b,ä\n'.repeat(50_000);
let page;

before(async () => {
  await application.start();
  site.routes.set('/report.csv', async (asked, answer) => {
    if (!(await site.admit(asked, answer))) return;
    const bytes = Buffer.from(report);
    const disposition = 'attachment; filename="report.csv"';
    answer.writeHead(200, {
      'content-type': 'text/csv',
      'content-length': bytes.length,
      'content-disposition': disposition,
    });
    for (let at = 0; at < bytes.length; at += 100_000) {
      answer.write(bytes.subarray(at, at + 100_000));
      await pause(50);
    }
    answer.end();
  });
  page = await application.open(
    `import { prepare } from './link.js';
    import { download, save } from './download.js';
    for (const link of document.links) prepare(link);
    Object.assign(window, { download, save });`,
    '<a id="report" href="/report.csv">report</a> <a id="other" href="/protected">page</a>',
  );
  await logIn(page, 'user1');
});
after(() => application.stop());

async function saved(begin) {
  const [file] = await Promise.all([page.waitForEvent('download'), begin()]);
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
}

test('a link is followed with a token that has not expired', async () => {
  await expired();
  site.calls.length = 0;
  assert.deepEqual(await saved(() => page.click('#report')), { name: 'report.csv', text: report });
  assert.equal(site.count('/refresh'), 1);
});

test('a click with a key held does what it always does', async () => {
  await expired();
  const [tab] = await Promise.all([
    page.context().waitForEvent('page'),
    page.click('#other', { modifiers: ['Control'] }),
  ]);
  await tab.waitForLoadState();
  assert.match(await tab.textContent('body'), /user1/);
  await tab.close();
});

test('a file that is read by fetch is whole, and tells how far it is', async () => {
  await expired();
  site.calls.length = 0;
  const { progress, size } = await page.evaluate(async () => {
    const progress = [];
    window.file = await window.download('/report.csv', (...now) => progress.push(now));
    return { progress, size: window.file.size };
  });
  assert.equal(site.count('/refresh'), 1);
  const total = Buffer.byteLength(report);
  assert.equal(size, total);
  assert.ok(progress.length > 1);
  assert.deepEqual(progress.at(-1), [total, total]);
  assert.ok(progress.every(([loaded], at) => loaded > (progress[at - 1]?.[0] ?? 0)));
  const file = await saved(() => page.evaluate(() => window.save(window.file, 'mine.csv')));
  assert.deepEqual(file, { name: 'mine.csv', text: report });
});

test('a refusal is an error and no file, and a link of nobody is not followed', async () => {
  await logOut(page);
  const said = await page.evaluate(() => window.download('/report.csv', () => {}).catch((error) => error.message));
  assert.equal(said, '/report.csv: 401');
  site.calls.length = 0;
  await page.click('#report');
  await pause(500);
  assert.equal(site.count('/report.csv'), 0);
});
