import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Application, logIn, logOut, until } from './application.js';

const application = new Application();
const { site } = application;
before(() => application.start());
after(() => application.stop());

const open = (context) =>
  application.open(
    `
    import { QueryObserver } from '@tanstack/query-core';
    import { getJson, queries } from './queries.js';
    const read = (path) => ({ queryKey: [path], queryFn: ({ signal }) => getJson(path, signal) });
    window.shown = [];
    const show = ({ status, data }) => shown.push(data?.username ?? status);
    new QueryObserver(queries, read('/protected')).subscribe(show);
    window.begin = (path) => void queries.fetchQuery(read(path)).catch(() => {});
    window.kept = (path) => queries.getQueryData([path]);
    window.change = () => new Promise((done) => {
      queries.getMutationCache().build(queries, { mutationFn: async () => done() }).execute();
    });
    window.changes = () => queries.getMutationCache().getAll().length;
    window.failures = () => queries.getQueryState(['/protected']).fetchFailureCount;`,
    '',
    context,
  );

const shows = (page, text) => until(async () => (await page.evaluate(() => window.shown.at(-1))) === text);

test('what is kept is dropped for another user, and for the same one it stays', async () => {
  const page = await open();
  await logIn(page, 'user1');
  await shows(page, 'user1');
  await page.evaluate(() => window.change());
  const reads = site.count('/protected');
  await page.evaluate(() => window.client.refresh());
  await page.evaluate(() => window.client.session());
  await logIn(page, 'user1');
  assert.equal(site.count('/protected'), reads);
  assert.equal(await page.evaluate(() => window.changes()), 1);

  await page.evaluate(() => window.shown.splice(0));
  await logIn(page, 'user2');
  await shows(page, 'user2');
  const shown = await page.evaluate(() => window.shown);
  assert.ok(shown.includes('pending') && !shown.includes('user1'), `${shown}`);
  assert.equal(await page.evaluate(() => window.changes()), 0);
});

test('what was asked for the former user is not kept for the next', async () => {
  const page = await open();
  let release;
  site.routes.set('/late', async (_, answer) => {
    await new Promise((wake) => {
      release = wake;
    });
    answer.writeHead(200, { 'content-type': 'application/json' });
    answer.end('{"of":"user1"}');
  });
  await logIn(page, 'user1');
  await page.evaluate(() => window.begin('/late'));
  await until(() => release);
  await logIn(page, 'user2');
  release();
  await until(() => site.answers.includes('GET /late 200'));
  await shows(page, 'user2');
  assert.equal(await page.evaluate(() => window.kept('/late')), undefined);
});

test('after a log-out nothing is shown, and a refusal is not repeated', async () => {
  const page = await open();
  await logIn(page, 'user1');
  await shows(page, 'user1');
  const reads = site.count('/protected');
  await logOut(page);
  await shows(page, 'error');
  assert.equal(site.count('/protected'), reads + 1);
  assert.equal(await page.evaluate(() => window.failures()), 1);
});

test('a page that begins to read before it knows whose it is reads once', async () => {
  const first = await open();
  await logIn(first, 'user1');
  await shows(first, 'user1');
  const reads = site.count('/protected');
  const page = await open(first.context());
  await shows(page, 'user1');
  assert.equal(site.count('/protected'), reads + 1);
});
