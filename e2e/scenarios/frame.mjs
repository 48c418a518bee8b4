// The application in a frame of another site, in a browser that blocks third-party cookies.

import { Visitor } from '../visitor.mjs';

const OUT = { status: 401, code: 'missing_token' };

export default async function frame({ server, rows, launchWith }) {
  const browser = await launchWith({ thirdPartyCookies: false });
  try {
    const visitor = await Visitor.arrive(browser, server.origin('none'));
    await unpartitioned({ visitor, server, rows });
    await partitioned({ visitor, server, rows });
    await visitor.leave();
  } finally {
    await browser.close();
  }
}

async function unpartitioned({ visitor, server, rows }) {
  const sentence = 'SameSite=None alone';
  const inside = await embed(visitor, server.other);
  rows.same(`${sentence}: a log-in in the frame answers 200`, await logIn(visitor, 'alice', inside), { status: 200 });
  rows.same(`${sentence}: and does NOT stick`, await whoAmI(visitor, inside), OUT);
  rows.check(`${sentence}: the jar is empty`, (await visitor.context.cookies()).length === 0, await visitor.context.cookies());
  await visitor.again('alice');
  rows.same(`${sentence}: at the top level it does`, await visitor.whoAmI(), { status: 200, user: 'alice' });
  rows.same(`${sentence}: which the frame does not see`, await whoAmI(visitor, await embed(visitor, server.other)), OUT);
}

async function partitioned({ visitor, server, rows }) {
  const sentence = 'Partitioned';
  const alice = { status: 200, user: 'alice' };
  const bob = { status: 200, user: 'bob' };
  await visitor.startAgain(server.origin('partitioned'));
  const inside = await embed(visitor, server.other);
  const post = async (path, purpose) => visitor.send('POST', path, { csrf: await visitor.read(`csrf_${purpose}_token`, inside) }, inside);

  rows.same(`${sentence}: a log-in in the frame answers 200`, await logIn(visitor, 'alice', inside), { status: 200 });
  rows.same(`${sentence}: and lets in`, await whoAmI(visitor, inside), alice);
  rows.same(`${sentence}: the frame posts`, await post('/posts', 'access'), alice);
  rows.same(`${sentence}: it refreshes`, await post('/refresh', 'refresh'), { status: 200 });
  rows.same(`${sentence}: it posts after the refresh`, await post('/posts', 'access'), alice);

  // Another tab of the same browser.
  const top = await visitor.context.newPage();
  await top.goto(`${visitor.origin}/`);
  rows.same(`${sentence}: the same origin at the top level is not logged in`, await whoAmI(visitor, top), OUT);
  await logIn(visitor, 'bob', top);
  rows.same(`${sentence}: another user logs in there`, await whoAmI(visitor, top), bob);
  rows.same(`${sentence}: the frame is still the first user's`, await whoAmI(visitor, inside), alice);
  const third = await visitor.context.newPage();
  const elsewhere = await embed(visitor, server.evilByHttp, third);
  rows.same(`${sentence}: a frame of a third site is not logged in`, await whoAmI(visitor, elsewhere), OUT);

  const csrf = await visitor.read('csrf_refresh_token', inside);
  rows.same(`${sentence}: the frame logs out`, await post('/logout', 'access'), { status: 200 });
  rows.same(`${sentence}: it is shut then`, await whoAmI(visitor, inside), OUT);
  rows.same(`${sentence}: and refreshes no more`, await visitor.send('POST', '/refresh', { csrf }, inside), OUT);
  rows.same(`${sentence}: the top level is still logged in`, await whoAmI(visitor, top), bob);
  const left = (await visitor.context.cookies()).map(({ name, partitionKey }) => `${name} of ${partitionKey}`);
  rows.check(`${sentence}: only its four cookies are left`, left.length === 4 && left.every((cookie) => cookie.endsWith('of https://example.test')), left);
}

// Opens a page of another site, which shows the application in a frame. Returns the frame.
async function embed(visitor, site, page = visitor.page) {
  await page.goto(`${site}/frame?${new URLSearchParams({ src: `${visitor.origin}/` })}`);
  return page.frame({ url: `${visitor.origin}/` });
}

function logIn(visitor, user, page) {
  return visitor.send('POST', '/login', { body: `user=${user}` }, page);
}

function whoAmI(visitor, page) {
  return visitor.send('GET', '/api/v1/users/me', {}, page);
}
