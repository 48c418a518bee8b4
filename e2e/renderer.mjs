// A server that renders pages with handstamp/server, as one writes it in Node alone. rendering.mjs starts it.
//
//   node renderer.mjs <port> <the service> <the folder with the built client>

import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const [port, baseUrl, dist] = process.argv.slice(2);
const { forward } = await import(pathToFileURL(`${dist}/server.js`));
const { access, refresh } = await (await fetch(`${baseUrl}/names`)).json();
const cookies = { access: access.csrf_cookie, refresh: refresh.csrf_cookie };

// What /held waits for, until somebody asks for /release.
let release;
const held = new Promise((resolve) => {
  release = resolve;
});

const json = { 'content-type': 'application/json' };

// Who the visitor is by three calls at once, and what each of them said.
async function who(visitor) {
  const answers = await Promise.all(['/session', '/protected', '/sessions'].map((path) => visitor.fetch(path)));
  const [session, greeting] = await Promise.all(answers.map((answer) => answer.json()));
  return { statuses: answers.map(({ status }) => status), subject: session.subject, username: greeting.username };
}

async function like(visitor) {
  const answer = await visitor.fetch('/posts', { method: 'POST', headers: json, body: '{"title":"like"}' });
  const { code, user } = await answer.json();
  return { ...(await who(visitor)), post: answer.status, code, user };
}

async function logIn(visitor, request) {
  let form = '';
  for await (const part of request.setEncoding('utf8')) form += part;
  const body = JSON.stringify(Object.fromEntries(new URLSearchParams(form)));
  const answer = await visitor.fetch('/login', { method: 'POST', headers: json, body });
  return { login: answer.status, code: (await answer.json()).code };
}

const pages = {
  'GET /': (visitor) => who(visitor),
  'GET /like': (visitor) => like(visitor),
  'POST /like': (visitor) => like(visitor),
  'POST /login': (visitor, request) => logIn(visitor, request),
  'GET /held': async (visitor) => {
    const before = await who(visitor);
    await held;
    return { before, ...(await who(visitor)) };
  },
  'GET /release': async () => release(),
  'GET /elsewhere': async () => ({}),
};
// A page whose answer has no cookies, one that is made when the head is sent, and one whose head is sent meanwhile.
for (const path of ['/lost', '/sent', '/meanwhile']) pages[`GET ${path}`] = pages['GET /'];

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, baseUrl);
  const page = pages[`${request.method} ${pathname}`];
  if (!page) return response.writeHead(404).end();
  response.setHeader('content-type', 'text/html');
  response.setHeader('cache-control', 'no-store');
  if (pathname === '/sent') response.flushHeaders();
  const canSetCookies = () => {
    const can = !response.headersSent;
    if (pathname === '/meanwhile') response.flushHeaders();
    return can;
  };
  const address = request.socket.remoteAddress;
  let refreshes = 0;
  const counted = (input, init) => {
    if (new URL(input).pathname === '/refresh') refreshes += 1;
    return fetch(input, init);
  };
  const visitor = forward(request, { baseUrl, cookies, address, canSetCookies, fetch: counted });
  const said = JSON.stringify({ ...(await page(visitor, request)), refreshes });
  if (pathname !== '/lost' && !response.headersSent) response.setHeader('set-cookie', visitor.setCookies);
  response.end(`<!doctype html><title>page</title>
<pre>${said}</pre>
<a href="/like">like</a> <a id="own" href="http://127.0.0.1:${port}/">who</a>
<a id="foreign" href="http://127.0.0.1:${port}/like">like</a>
<form id="like" method="post" action="http://127.0.0.1:${port}/like"></form>
<form id="login" method="post" action="/login"><input name="username"><input name="password"></form>`);
});
server.listen(Number(port), () => console.log('listening'));
process.once('SIGTERM', () => server.close());
