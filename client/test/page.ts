import { afterEach } from 'node:test';
import { type Client, createClient } from '../src/index.js';
import { ORIGIN, Service } from './service.js';

/** The clients of a test, which end with it. */
export const clients: Client[] = [];

afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
  for (const name of ['document', 'location', 'window']) Reflect.deleteProperty(globalThis, name);
});

/** What a page of this origin is to the client, with these cookies that script can read. */
export function page(cookie: string, origin = ORIGIN) {
  const href = `${origin}/`;
  const document = Object.assign(new EventTarget(), { cookie, baseURI: href, visibilityState: 'visible' });
  Object.assign(globalThis, { document, location: { origin, href }, window: new EventTarget() });
  return document;
}

/** A client of a service at which user1 is logged in. */
export async function inside(options: Parameters<typeof createClient>[0] = {}) {
  const service = new Service();
  const client = createClient({ baseUrl: ORIGIN, fetch: service.fetch, ...options });
  clients.push(client);
  await client.login({ username: 'user1', password: 'password1' });
  service.calls.length = 0;
  return { service, client };
}

export const post = { method: 'POST', body: 'a post' };

/** Another user logs in, in another tab of the browser. */
export function another(service: Service, document?: { cookie: string }) {
  Object.assign(service, { csrf: 'second', subject: 'user2', access: true });
  if (document) document.cookie = 'csrf_access_token=second; csrf_refresh_token=second';
}
