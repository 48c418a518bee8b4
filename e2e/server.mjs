// The server under test as a child process, and its reports of the requests that reached it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:https';
import { createInterface } from 'node:readline';

export class Server {
  #child;
  #certificate;
  #told = [];
  #waiting = [];

  static async start(binary) {
    const server = new Server();
    server.#child = spawn(binary, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: server.#child.stdout });
    const [first] = await Promise.race([
      once(lines, 'line'),
      once(server.#child, 'exit').then(([status]) => {
        throw new Error(`the server has ended with status ${status}`);
      }),
      once(server.#child, 'error').then(([error]) => {
        throw error;
      }),
    ]);
    const { certificate, spki, services, attackers, plain_attackers: plain } = JSON.parse(first);
    server.#certificate = `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`;
    server.spki = spki;
    server.evil = `https://evil.example.test:${attackers}`;
    server.other = `https://other.test:${attackers}`;
    server.friend = `https://friend.example.test:${attackers}`;
    server.neighbour = `https://app.example.test:${attackers}`;
    server.evilByHttp = `http://evil.lan:${plain}`;
    server.neighbourByHttp = `http://nas.lan:${plain}`;
    server.services = services;
    lines.on('line', (line) => server.#hear(JSON.parse(line)));
    return server;
  }

  origin(service) {
    if (!this.services[service]) throw new Error(`the server has no service ${service}`);
    return this.services[service];
  }

  // Sends a request without a browser, as an attacker with a program can.
  async send(method, url, { form, cookie, csrf } = {}) {
    const { hostname, port, pathname, search } = new URL(url);
    const headers = { host: `${hostname}:${port}` };
    if (form) headers['content-type'] = 'application/x-www-form-urlencoded';
    if (cookie) headers.cookie = cookie;
    if (csrf) headers['x-csrf-token'] = csrf;
    const asked = request({
      host: '127.0.0.1',
      servername: hostname,
      ca: this.#certificate,
      port,
      method,
      path: pathname + search,
      headers,
    });
    asked.end(form && new URLSearchParams(form).toString());
    const [answer] = await once(asked, 'response');
    let text = '';
    for await (const part of answer) text += part;
    const body = answer.headers['content-type']?.includes('json') ? JSON.parse(text) : { text };
    return { status: answer.statusCode, cookies: answer.headers['set-cookie'] ?? [], ...body };
  }

  // Logs a user in elsewhere. Returns the values of the cookies by the end of their names.
  async logIn(service, user) {
    const answer = await this.send('POST', `${this.origin(service)}/login`, { form: { user } });
    const [access, csrf, refresh] = answer.cookies.map((line) => line.slice(line.indexOf('=') + 1, line.indexOf(';')));
    return { access, csrf, refresh };
  }

  // Returns the report of the request with this mark in its query, or undefined if there is none. `null` is any
  // method.
  async told(mark, method = 'POST') {
    for (const end = Date.now() + 10_000; Date.now() < end; ) {
      const line = this.#find(mark, method);
      if (line) return line;
      await new Promise((wake) => {
        this.#waiting.push(wake);
        setTimeout(wake, 100);
      });
    }
    return undefined;
  }

  // Returns whether no request arrived. Call it only when the browser has finished. Reports come in order, so a
  // request that follows shows that no other is pending.
  async toldNothing(mark, method = 'POST') {
    const last = `after ${mark}`;
    await this.send('GET', `${this.origin('lax')}/?${new URLSearchParams({ mark: last })}`);
    await this.told(last, 'GET');
    return this.#find(mark, method) === undefined;
  }

  async stop() {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    this.#child.kill('SIGTERM');
    const [status, signal] = await once(this.#child, 'exit');
    return signal ?? status;
  }

  #find(mark, method) {
    return this.#told.find((line) => (method === null || line.method === method) && new URLSearchParams(line.query).get('mark') === mark);
  }

  #hear(line) {
    this.#told.push(line);
    this.#waiting.splice(0).forEach((wake) => wake());
  }
}
