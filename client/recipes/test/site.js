import { once } from 'node:events';
import { createServer, request } from 'node:http';

/**
 * The site of an application: pages, an API, and the log-in service behind the same origin, as
 * behind a proxy.
 */
export class Site {
  /** What a path answers: `[type, text]`, or a function of request and response. */
  routes = new Map();
  /** Each request that came, as `METHOD /path`. */
  calls = [];
  /** Each answer that was sent, as `METHOD /path STATUS`. */
  answers = [];
  #base;
  #server;
  #sockets = new Set();
  #port = 0;

  get origin() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Passes all that has no route on to this service. */
  lead(base) {
    this.#base = base;
  }

  async open() {
    this.#server = createServer((asked, answer) => this.#answer(asked, answer));
    this.#server.on('upgrade', (asked, socket, head) => this.#upgrade(asked, socket, head));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
    });
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = this.#server.address().port;
  }

  /** Ends all connections, and refuses new ones until the site is opened again. */
  async close() {
    if (!this.#server) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Asks the service this, with cookies and headers of a browser's request. */
  async ask(asked, method, path, body = '') {
    const headers = { ...asked.headers, 'content-length': Buffer.byteLength(body) };
    for (const name of ['transfer-encoding', 'connection', 'upgrade']) delete headers[name];
    const sent = request(this.#base + path, { method, headers, agent: false });
    sent.end(body);
    const [answer] = await once(sent, 'response');
    const text = Buffer.concat(await answer.toArray()).toString();
    return { status: answer.statusCode, headers: answer.headers, text };
  }

  /** Returns who sends a request, and how long the token lasts. Hands a refusal on, and returns null. */
  async admit(asked, answer) {
    const isSafe = /^(GET|HEAD)$/.test(asked.method);
    // The service has no route of this API. Its own are refused for the same reasons.
    const type = asked.headers['content-type'];
    if (!isSafe) asked.headers['content-type'] = 'application/json';
    const post = isSafe ? null : await this.ask(asked, 'POST', '/posts', '{"title":"recipe"}');
    if (type) asked.headers['content-type'] = type;
    const said = post && post.status !== 200 ? post : await this.ask(asked, 'GET', '/session');
    const session = JSON.parse(said.text);
    if (said.status === 200 && session.subject) return session;
    const isRefused = said.status !== 200;
    answer.writeHead(isRefused ? said.status : 401, { 'content-type': 'application/problem+json' });
    answer.end(isRefused ? said.text : '{"code":"missing_token"}');
    return null;
  }

  /** How often a path was called. */
  count(path) {
    return this.calls.filter((call) => call.endsWith(` ${path}`)).length;
  }

  #pass(asked) {
    const { method, url, headers } = asked;
    return request(this.#base + url, { method, headers, agent: false });
  }

  #answer(asked, answer) {
    const { pathname } = new URL(asked.url, this.origin);
    this.calls.push(`${asked.method} ${pathname}`);
    answer.on('close', () => this.answers.push(`${asked.method} ${pathname} ${answer.statusCode}`));
    const route = this.routes.get(pathname);
    if (Array.isArray(route)) {
      answer.writeHead(200, { 'content-type': route[0], 'cache-control': 'no-store' });
      return answer.end(route[1]);
    }
    if (route) return route(asked, answer);
    const passed = this.#pass(asked);
    passed.on('response', (got) => {
      answer.writeHead(got.statusCode, got.rawHeaders);
      got.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    return asked.pipe(passed);
  }

  #upgrade(asked, socket, head) {
    this.calls.push(`${asked.method} ${asked.url}`);
    const passed = this.#pass(asked);
    passed.on('upgrade', (got, other, first) => {
      const lines = got.rawHeaders.map((text, at) => text + (at % 2 ? '\r\n' : ': ')).join('');
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`);
      socket.write(first);
      other.write(head);
      socket.pipe(other).pipe(socket);
      socket.on('close', () => other.destroy());
      other.on('error', () => socket.destroy());
    });
    passed.on('response', (got) => {
      socket.end(`HTTP/1.1 ${got.statusCode} ${got.statusMessage}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    });
    passed.on('error', () => socket.destroy());
    passed.end();
  }
}
