import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Application, expired, logIn, logOut, pause, until } from './application.js';

// The example `websocket`, which closes its sockets as handstamp does.
const application = new Application();
const { site } = application;
/** The same with tokens that outlast the test. */
const lasting = new Application();

before(async () => {
  await start(application, 3);
  await start(lasting, 900);
});
after(async () => {
  await application.stop();
  await lasting.stop();
});

async function start(application, expires_in) {
  await application.start('WEBSOCKET', [], (origin) => ({
    PORT: '0',
    JWT_SECRET_KEY: randomBytes(32).toString('hex'),
    JWT_ACCESS_TOKEN_EXPIRES: `${expires_in}`,
    HANDSTAMP_PUBLIC_ORIGIN: origin,
  }));
  const { site } = application;
  // It has no route of this name.
  site.routes.set('/session', async (asked, answer) => {
    const { status, headers, text } = await site.ask(asked, 'GET', '/me');
    answer.writeHead(status, { 'content-type': headers['content-type'] });
    answer.end(status === 200 ? JSON.stringify({ subject: JSON.parse(text).username, expires_in }) : text);
  });
}

async function open(application) {
  const page = await application.open(`
    import { connect } from './socket.js';
    window.codes = [];
    window.pauses = [];
    const later = window.setTimeout;
    window.setTimeout = (what, ...rest) => {
      if (what.name.startsWith('retry')) pauses.push(rest[0]);
      return later(what, ...rest);
    };
    window.WebSocket = class extends WebSocket {
      constructor(url) {
        super(url);
        this.addEventListener('close', ({ code, reason }) => codes.push((code + ' ' + reason).trim()));
      }
    };
    window.heard = [];
    window.begin = () => {
      window.socket = connect('/chat', ({ data }) => heard.push(JSON.parse(data)));
    };
    begin();`);
  return page;
}

const closed = (page) => page.evaluate(() => window.codes);

/** Says this until it is heard, and returns who has said it. */
const says = (page, text) =>
  until(() =>
    page.evaluate((text) => {
      const heard = window.heard.find((said) => said.text === text);
      if (!heard) window.socket.send(text);
      return heard?.from;
    }, text),
  );

/** Holds if nothing is opened any more once this is done. */
async function isOver(site, end = () => {}) {
  await end();
  // What was on its way may arrive. Whoever tries again does so after a second or two.
  await pause(500);
  const opened = site.count('/chat');
  await pause(3_000);
  assert.equal(site.count('/chat'), opened);
}

test('a socket whose token has expired is opened again at once, with a new one', async () => {
  const page = await open(application);
  assert.equal(site.count('/chat'), 0);
  await logIn(page, 'user1');
  assert.equal(await says(page, 'one'), 'user1');
  await until(async () => (await closed(page)).length > 0);
  assert.equal(await says(page, 'two'), 'user1');
  assert.deepEqual(await page.evaluate(() => window.pauses), []);
  assert.deepEqual(await closed(page), ['4401 token_expired']);
  await isOver(site, () => page.evaluate(() => window.socket.end()));
});

test('a socket is opened with a token that has not expired', async () => {
  const page = await open(application);
  await page.evaluate(() => window.socket.end());
  await logIn(page, 'user1');
  await expired();
  await page.evaluate(() => window.begin());
  assert.equal(await says(page, 'eight'), 'user1');
  assert.deepEqual(await closed(page), []);
  await page.close();
});

test('a socket whose session was ended elsewhere stays closed', async () => {
  const page = await open(lasting);
  await logIn(page, 'user1');
  await says(page, 'three');
  const elsewhere = await open(lasting);
  await logIn(elsewhere, 'user1');
  await elsewhere.evaluate(() => window.client.fetch('/logout-everywhere', { method: 'POST' }));
  await until(() => page.evaluate(() => window.client.getSnapshot().state === 'out'));
  assert.deepEqual(await closed(page), ['4401 token_revoked']);
  await until(() => elsewhere.evaluate(() => window.client.getSnapshot().state === 'out'));
  await isOver(lasting.site);
});

test('while the server is away nobody is logged out, and then the socket is opened again', async () => {
  const page = await open(application);
  await logIn(page, 'user1');
  await says(page, 'four');
  await site.close();
  await expired();
  assert.equal((await closed(page))[0], '1006');
  assert.equal(await page.evaluate(() => window.client.getSnapshot().state), 'in');
  await site.open();
  assert.equal(await says(page, 'five'), 'user1');
  const pauses = await page.evaluate(() => window.pauses);
  assert.ok(pauses.length > 0 && pauses.every((pause) => pause >= 1_000), `${pauses}`);
  await page.close();
});

test('a socket is of who is logged in, and of nobody after a log-out', async () => {
  const page = await open(application);
  await logIn(page, 'user1');
  await says(page, 'six');
  await logIn(page, 'user2');
  assert.equal(await says(page, 'seven'), 'user2');
  await isOver(site, () => logOut(page));
});
