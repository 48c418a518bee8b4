// A site of static files, with a service at the same origin: what is no file is the service's.

import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { extname, join, relative } from 'node:path';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript' };

export class Site {
  #server;

  // Opens a site on a free port, in front of the service at this URL. Each folder is a path and where its files are.
  static async open(service, folders) {
    const files = new Map();
    for (const [path, folder] of Object.entries(folders)) {
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name);
        if (entry.isFile()) files.set(path + relative(folder, file), file);
      }
    }
    const site = new Site();
    site.#server = createServer(async (asked, answer) => {
      const file = files.get(new URL(asked.url, 'http://site').pathname);
      if (!file) return pass(asked, answer, service);
      answer.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
      answer.end(await readFile(file));
    });
    site.#server.listen(0, '127.0.0.1');
    await once(site.#server, 'listening');
    site.base = `http://127.0.0.1:${site.#server.address().port}`;
    return site;
  }

  async close() {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

function pass(asked, answer, service) {
  const { method, headers } = asked;
  const passed = request(new URL(asked.url, service), { method, headers, agent: false });
  passed.on('response', (got) => {
    answer.writeHead(got.statusCode, got.rawHeaders);
    got.pipe(answer);
  });
  passed.on('error', () => answer.destroy());
  asked.pipe(passed);
}
