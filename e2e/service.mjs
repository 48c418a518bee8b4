// The binary as a service of its own, on a free port, with its state in a folder of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export class Service {
  #program;
  #folder;
  #child;

  static async create(program) {
    const service = new Service();
    service.#program = program;
    service.#folder = await mkdtemp(join(tmpdir(), 'handstamp-'));
    await mkdir(join(service.#folder, 'handstamp'));
    service.base = `http://127.0.0.1:${await freePort()}`;
    return service;
  }

  // With users of its own it has no demo users.
  async add(user, password) {
    const child = this.#run(['user', 'add', user, '--password-stdin'], {});
    child.stdin.end(password);
    child.stdout.resume();
    const [status] = await once(child, 'exit');
    if (status !== 0) throw new Error(`${user} cannot be added`);
  }

  // May be started again, with other settings.
  async start(settings, options = []) {
    this.#child = this.#run(['--listen', new URL(this.base).host, ...options], settings);
    this.#child.stdin.end();
    for await (const line of createInterface({ input: this.#child.stdout })) {
      if (!line.includes(this.base)) continue;
      this.#child.stdout.resume();
      return;
    }
    throw new Error('the service does not start');
  }

  // Returns the status with which it ends.
  async stop() {
    if (!this.#child || this.#child.exitCode !== null) return this.#child?.exitCode;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const [status] = await ended;
    return status;
  }

  async remove() {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #run(arguments_, settings) {
    const env = { PATH: process.env.PATH, XDG_STATE_HOME: this.#folder, RUST_LOG: 'error', ...settings };
    return spawn(this.#program, arguments_, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  }
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
