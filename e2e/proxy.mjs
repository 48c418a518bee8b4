// A proxy in front of a server, on a port of its own: the server can go away and come back without losing its memory,
// and answer 503 as when its store is down.

import { createServer, request } from 'node:http';
import { once } from 'node:events';

export class Proxy {
  #to;
  #server;
  #sockets = new Set();
  #isUnavailable = false;
  port = 0;

  // Listens on a free port. Later it goes away from it and comes back.
  static async start() {
    const proxy = new Proxy();
    await proxy.comeBack();
    return proxy;
  }

  lead(to) {
    this.#to = to;
  }

  // All requests are answered as by a server whose store is down.
  unavailable(isUnavailable) {
    this.#isUnavailable = isUnavailable;
  }

  // Connections end, and new ones are refused.
  async goAway() {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async comeBack() {
    this.#server = createServer((asked, answer) => this.pass(asked, answer));
    this.#server.on('upgrade', (asked, socket, head) => this.#upgrade(asked, socket, head));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
    });
    this.#server.listen(this.port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = this.#server.address().port;
  }

  #ask(asked) {
    const { method, url: path, headers } = asked;
    const { hostname, port } = new URL(this.#to);
    return request({ hostname, port, method, path, headers, agent: false });
  }

  // The last argument may wait before the answer is passed on, or end it.
  pass(asked, answer, inspect = () => {}) {
    if (this.#isUnavailable) {
      answer.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '1', 'cache-control': 'no-store' });
      answer.end(JSON.stringify({ status: 503, code: 'store_unavailable' }));
      return;
    }
    const passed = this.#ask(asked);
    passed.on('response', async (got) => {
      await inspect(got);
      if (answer.destroyed) return;
      answer.writeHead(got.statusCode, got.rawHeaders);
      got.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  }

  #upgrade(asked, socket, head) {
    if (this.#isUnavailable) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    const passed = this.#ask(asked);
    passed.on('upgrade', (got, other, first) => {
      const lines = [];
      for (let i = 0; i < got.rawHeaders.length; i += 2) lines.push(`${got.rawHeaders[i]}: ${got.rawHeaders[i + 1]}`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      socket.write(first);
      other.write(head);
      socket.pipe(other).pipe(socket);
      for (const [one, peer] of [[socket, other], [other, socket]]) {
        one.on('close', () => peer.destroy());
        one.on('error', () => peer.destroy());
      }
    });
    passed.on('response', (got) => {
      socket.end(`HTTP/1.1 ${got.statusCode} ${got.statusMessage}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    });
    passed.on('error', () => socket.destroy());
    passed.end();
  }
}
