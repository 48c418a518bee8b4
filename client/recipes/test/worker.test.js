import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Application, bundled, expired, logIn, pause, until } from './application.js';

const application = new Application();
const { site } = application;
let page;

before(async () => {
  await application.start();
  site.routes.set('/worker.js', ['text/javascript', await bundled(`import './worker.js';`)]);
  site.routes.set('/assets/style.css', ['text/css', 'p {}']);
  page = await application.open('');
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/worker.js');
    await navigator.serviceWorker.ready;
  });
  await page.reload();
  await page.waitForFunction(() => window.isReady && navigator.serviceWorker.controller);
  await logIn(page, 'user1');
});
after(() => application.stop());

const own = () => site.answers.filter((answer) => /^POST|^GET .session/.test(answer));

/** Has the worker send a post of this user, and returns what was answered up to this answer. */
async function upload(subject, last) {
  site.answers.length = 0;
  await page.evaluate((subject) => {
    navigator.serviceWorker.controller.postMessage({ subject, post: { title: 'by the worker' } });
  }, subject);
  await until(() => own().includes(last));
  return own();
}

test('what a page sends under a worker has its header, and one refresh cures an expired token', async () => {
  const post = () =>
    page.evaluate(async () => {
      const headers = { 'content-type': 'application/json' };
      return (await window.client.fetch('/posts', { method: 'POST', headers, body: '{"title":"a"}' })).status;
    });
  assert.equal(await post(), 200);
  await expired();
  site.calls.length = 0;
  assert.equal(await post(), 200);
  assert.equal(site.count('/refresh'), 1);
});

test('a worker that has just begun, with an expired token, refreshes once and sends its post', async () => {
  await expired();
  const answers = await upload('user1', 'POST /posts 200');
  assert.equal(answers.filter((answer) => answer === 'POST /refresh 200').length, 1, `${answers}`);
});

test('a worker goes on in the next session of its user', async () => {
  await logIn(page, 'user1');
  await expired();
  const answers = await upload('user1', 'POST /posts 200');
  assert.ok(!answers.includes('POST /refresh 403'), `${answers}`);
});

test('a worker keeps what is the same for everybody, and nothing else', async () => {
  site.calls.length = 0;
  const kept = await page.evaluate(async () => {
    for (const path of ['/assets/style.css', '/assets/style.css', '/protected']) await (await fetch(path)).text();
    const all = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    return all.flat().map(({ url }) => new URL(url).pathname);
  });
  assert.deepEqual(kept, ['/assets/style.css']);
  assert.equal(site.count('/assets/style.css'), 1);
});

test('a worker sends nothing of one user as another', async () => {
  await logIn(page, 'user2');
  await upload('user1', 'GET /session 200');
  await pause(500);
  assert.ok(!own().some((answer) => answer.startsWith('POST /posts')), `${own()}`);
  await upload('user2', 'POST /posts 200');
});
