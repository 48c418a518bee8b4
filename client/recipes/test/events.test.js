import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Application, expired, logIn, logOut, pause, until } from './application.js';

const application = new Application();
const { site } = application;
/** The same with tokens that outlast the test. */
const lasting = new Application();

before(async () => {
  await application.start();
  site.routes.set('/events', (asked, answer) => stream(site, asked, answer));
  await lasting.start('HANDSTAMP', ['--listen', '127.0.0.1:0'], () => ({ JWT_ACCESS_TOKEN_EXPIRES: '900' }));
  lasting.site.routes.set('/events', (asked, answer) => stream(lasting.site, asked, answer));
});
after(async () => {
  await application.stop();
  await lasting.stop();
});

/** Counts for who is logged in, and ends when the token does. */
async function stream(site, asked, answer) {
  const session = await site.admit(asked, answer);
  if (!session) return;
  answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  answer.write('retry: 1000\n\n');
  let count = Number(asked.headers['last-event-id'] ?? 0);
  while (!answer.destroyed && (await site.ask(asked, 'GET', '/session')).text.includes(session.subject)) {
    count += 1;
    answer.write(`id: ${count}\ndata: ${session.subject} ${count}\n\n`);
    await pause(100);
  }
  answer.end();
}

async function open(application) {
  application.site.calls.length = 0;
  application.site.answers.length = 0;
  const page = await application.open(`
    import { listen } from './events.js';
    window.heard = [];
    window.begin = () => {
      window.end = listen('/events', ({ data }) => heard.push(data));
    };
    begin();`);
  const heard = () => page.evaluate(() => window.heard);
  return { page, heard };
}

const goesOn = async (heard) => {
  const { length } = await heard();
  await until(async () => (await heard()).length > length + 3);
};

/** Holds if nothing is opened any more once this is done. */
async function isOver(site, end = () => {}) {
  const opened = site.count('/events');
  await end();
  await pause(3_000);
  assert.equal(site.count('/events'), opened);
}

test('a stream goes on when its token expires, without a refusal and without a gap', async () => {
  const { page, heard } = await open(application);
  assert.equal(site.count('/events'), 0);
  await logIn(page, 'user1');
  await until(async () => (await heard()).length > 0);
  await expired();
  await pause(2_000);
  await goesOn(heard);
  const all = await heard();
  assert.deepEqual(
    all,
    all.map((_, at) => `user1 ${at + 1}`),
  );
  assert.ok(site.count('/events') > 1);
  assert.ok(!site.answers.includes('GET /events 401'), `${site.answers}`);
  await isOver(site, () => page.evaluate(() => window.end()));
});

test('a stream is opened with a token that has not expired', async () => {
  const { page, heard } = await open(application);
  await page.evaluate(() => window.end());
  await logIn(page, 'user1');
  await expired();
  await page.evaluate(() => window.begin());
  await goesOn(heard);
  assert.ok(!site.answers.includes('GET /events 401'), `${site.answers}`);
  await page.close();
});

test('a stream that was refused is opened again', async () => {
  const { page, heard } = await open(application);
  let refusals = 0;
  site.routes.set('/events', (_, answer) => {
    refusals += 1;
    answer.writeHead(503);
    answer.end();
  });
  await logIn(page, 'user1');
  await until(() => refusals > 1);
  site.routes.set('/events', (asked, answer) => stream(site, asked, answer));
  await goesOn(heard);
  await page.close();
});

test('a stream is of who is logged in, and of nobody after a log-out', async () => {
  const { page, heard } = await open(application);
  await logIn(page, 'user1');
  await goesOn(heard);
  await logIn(page, 'user2');
  await page.evaluate(() => window.heard.splice(0));
  await goesOn(heard);
  assert.ok((await heard()).every((said) => said.startsWith('user2 ')));
  await isOver(site, () => logOut(page));
});

test('a stream ends with a session that was ended elsewhere', async () => {
  const { page, heard } = await open(lasting);
  await logIn(page, 'user1');
  await goesOn(heard);
  const elsewhere = await lasting.open('');
  await logIn(elsewhere, 'user1');
  await elsewhere.evaluate(() => window.client.fetch('/sessions/revoke-others', { method: 'POST' }));
  await until(() => page.evaluate(() => window.client.getSnapshot().state === 'out'));
  await isOver(lasting.site);
});
