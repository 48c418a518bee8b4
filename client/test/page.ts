import { afterEach } from 'node:test';
import { type Client, createClient } from '../src/index.js';
import { ORIGIN, Service, until } from './service.js';

/** The clients of a test, which end with it. */
export const clients: Client[] = [];

const dateNow = Date.now;
const navigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator');

afterEach(() => {
  for (const client of clients.splice(0)) client.dispose();
  for (const name of ['document', 'location', 'window']) Reflect.deleteProperty(globalThis, name);
  Date.now = dateNow;
  Reflect.deleteProperty(performance, 'now');
  Reflect.deleteProperty(globalThis, 'navigator');
  if (navigator) Object.defineProperty(globalThis, 'navigator', navigator);
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

/** Something to wait for, until it is opened. */
export function gate() {
  let open = () => {};
  const opened = new Promise<void>((done) => {
    open = done;
  });
  return { opened, open };
}

/** Lets what is under way come to rest, also where a test has stopped the timers. */
export async function rest() {
  for (let turns = 0; turns < 50; turns += 1) await new Promise((done) => setImmediate(done));
}

/** A `fetch` that does not end when it is told to. */
export const deaf = (service: Service) => (input: RequestInfo | URL, init?: RequestInit) =>
  service.fetch(input, { ...init, signal: null });

/** Stops the clocks of the page, for the test to move, in milliseconds. */
export function clocks() {
  const moved = { steady: 0, wall: 0 };
  const wall = dateNow();
  performance.now = () => moved.steady;
  Date.now = () => wall + moved.wall;
  return moved;
}

/** Gives the page these locks. */
export function navigate(locks: unknown) {
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
}

/** Locks, as browsers have them. */
export class Locks {
  readonly asked: [string, LockOptions][] = [];
  readonly #held = new Map<string, Promise<unknown>>();

  async request(name: string, options: LockOptions, work: (lock: object | null) => unknown): Promise<unknown> {
    this.asked.push([name, options]);
    await null;
    if (options.ifAvailable && this.#held.has(name)) return work(null);
    for (let held = this.#held.get(name); held; held = this.#held.get(name)) {
      await (options.signal ? until(held, options.signal) : held);
    }
    const done = (async () => work({ name }))();
    const end = () => this.#held.delete(name);
    this.#held.set(name, done.then(end, end));
    return done;
  }
}
