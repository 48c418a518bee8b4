// Browsers let any page open a WebSocket, with the visitor's cookies, without a preflight and without Sec-Fetch-Site.
// Only `Origin` states which page it is.

import { outcome } from '../attack.mjs';
import { mark, Visitor } from '../visitor.mjs';

// A GET over HTTP/1, a CONNECT over HTTP/2.
const ANY = null;

export default async function websocket({ browser, server, rows }) {
  const refused = { opened: false, cookie: true, status: 403, code: 'origin_not_allowed' };
  const opened = { opened: true, heard: ['alice', 'hello'], cookie: true, status: 101, code: null };
  const visitor = await Visitor.arrive(browser, server.origin('origin'));
  for (const [sentence, service, from, wanted] of [
    ["the application's own page opens one, and is heard", 'origin', 'own', opened],
    ['a sibling is refused', 'origin', server.evil, refused],
    ['another port of the same host is refused', 'origin', server.neighbour, refused],
    ['another site is refused, SameSite=None', 'trusting', server.other, refused],
    ['a sibling is refused beside a trusted one', 'trusting', server.evil, refused],
    ['a trusted sibling opens one', 'trusting', server.friend, opened],
    ['another site has no cookie, SameSite=Lax', 'origin', server.other, { opened: false, cookie: false, status: 401, code: 'missing_token' }],
    ["HTTP/2: the application's own page opens one, by CONNECT", 'http2', 'own', { ...opened, status: 200, method: 'CONNECT', version: 'HTTP/2.0' }],
    ['HTTP/2: a sibling is refused', 'http2', server.evil, { ...refused, method: 'CONNECT', version: 'HTTP/2.0' }],
    ['without a public origin nobody opens one, not even our own page', 'lax', 'own', refused],
  ]) {
    const origin = server.origin(service);
    await visitor.again('alice', origin);
    const page = from === 'own' ? origin : from;
    await visitor.page.goto(`${page}/`);
    const sent = mark();
    const { opened, heard } = await open(visitor, sent, 'hello');
    const seen = { opened, heard, ...(await outcome(server, sent, ANY)) };
    rows.same(sentence, seen, { ...wanted, origin: page });
  }

  await visitor.again('alice', server.origin('short'));
  const expired = await open(visitor, mark());
  rows.same('an open one is closed when its token expires', expired, { opened: true, close: 4401, reason: 'token_expired' });

  await visitor.again('alice', server.origin('origin'));
  const csrf = (await visitor.cookie('csrf_access_token')).value;
  const closing = open(visitor, mark());
  await visitor.page.waitForFunction(() => window.heard > 0);
  await visitor.send('POST', '/logout', { csrf });
  rows.same('an open one is closed by log-out', await closing, { opened: true, close: 4401, reason: 'token_revoked' });
  await visitor.leave();
}

// Opens a socket from the current page. With a message, sends it and closes the socket when the echo arrives;
// otherwise waits for the other side to close it.
function open(visitor, sent, words) {
  const address = `${visitor.origin.replace('https:', 'wss:')}/socket?mark=${sent}`;
  return visitor.page.evaluate(
    ([address, words]) =>
      new Promise((done) => {
        const socket = new WebSocket(address);
        const heard = [];
        let opened = false;
        socket.onopen = () => {
          opened = true;
          if (words) socket.send(words);
        };
        socket.onmessage = ({ data }) => {
          window.heard = heard.push(data);
          if (data === words) socket.close();
        };
        socket.onclose = ({ code, reason }) => done({ opened, heard, close: code, reason });
      }),
    [address, words],
  );
}
