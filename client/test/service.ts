/** A service in memory, as the binary `handstamp` answers. */
export class Service {
  /** Each request as `METHOD /path`, in order. */
  calls: string[] = [];
  /** The headers of the last request of each path. */
  seen = new Map<string, Headers>();
  bodies: string[] = [];
  /** The last request. */
  last: Request | undefined;
  subject: string | null = null;
  csrf = 'first';
  /** Whether the access token is still good. */
  access = false;
  /** What a path answers instead, once for each entry. */
  instead = new Map<string, Answer[]>();
  /** What a path waits for before it answers. */
  held = new Map<string, Promise<unknown>>();

  fetch: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    this.last = request;
    const { pathname, origin } = new URL(request.url);
    this.calls.push(`${request.method} ${origin === ORIGIN ? '' : origin}${pathname}`);
    this.seen.set(pathname, request.headers);
    const body = await request.text();
    const instead = this.instead.get(pathname)?.shift();
    const held = this.held.get(pathname);
    // Node 20 forgets the signal of a request that was made of another's.
    const signal = init?.signal ?? request.signal;
    if (held) await until(held, signal);
    signal.throwIfAborted();
    if (instead === 'network') throw new TypeError('fetch failed');
    if (instead) return answer(...instead);
    return this.#answer(request, pathname, body);
  };

  /** How often a path was called. */
  count(path: string): number {
    return this.calls.filter((call) => call.endsWith(` ${path}`)).length;
  }

  #answer(request: Request, path: string, body: string): Response {
    const value = request.headers.get('x-csrf-token');
    switch (path) {
      case '/login':
        this.subject = JSON.parse(body).username;
        this.access = true;
        return answer(200, { csrf: this.csrf, refresh_csrf: this.csrf, expires_in: 900 });
      case '/refresh':
        if (this.subject === null) return refused(401, 'missing_token');
        if (value !== this.csrf) return forged(value);
        this.access = true;
        return answer(200, { csrf: this.csrf, refresh_csrf: this.csrf, expires_in: 900 });
      case '/logout':
        if (value !== this.csrf) return forged(value);
        this.subject = null;
        return answer(200, {});
    }
    if (this.subject === null && path === '/session') return answer(200, { subject: null });
    if (this.subject === null) return refused(401, 'missing_token');
    if (!this.access) return refused(401, 'token_expired');
    if (request.method !== 'GET' && value !== this.csrf) return forged(value);
    if (path === '/session') {
      return answer(200, {
        subject: this.subject,
        csrf: this.csrf,
        expires_in: 900,
        fresh: false,
        scopes: [],
        session_id: 's',
      });
    }
    this.bodies.push(body);
    return answer(200, { user: this.subject });
  }
}

export const ORIGIN = 'https://api.example.com';

export type Answer = 'network' | Parameters<typeof answer>;

export function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  const type = typeof body === 'string' ? 'text/html' : 'application/problem+json';
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return new Response(text, { status, headers: { 'content-type': type, ...headers } });
}

function forged(value: string | null): Response {
  return refused(403, value === null ? 'missing_csrf_token' : 'csrf_mismatch');
}

export function refused(status: number, code: string): Response {
  return answer(status, { code, message: code, status });
}

export function until(held: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  const aborted = new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  return Promise.race([held, aborted]);
}
