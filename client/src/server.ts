import { REFRESHED } from './codes.js';
import { find, updated } from './cookies.js';
import { COOKIES, filled, PATHS } from './names.js';
import { code, isUnauthorized } from './service.js';
import type { Pair, Paths, Some } from './types.js';
import { BY_BROWSER, type Incoming, isOwnPage, NOT_BY_CALLER, visitorHeaders } from './visitor.js';

export type { Incoming } from './visitor.js';

export interface ForwardOptions {
  /** Where the service is, as this server reaches it. */
  baseUrl: string | URL;
  /**
   * The visitor's address: that of the peer, or what a proxy of yours has said of it. Without one the
   * service counts all visitors as one.
   */
  address: string | undefined;
  /**
   * Whether the page's answer can still set cookies. An expired access token is exchanged only if so.
   * Default: it can.
   */
  canSetCookies?: (() => boolean) | undefined;
  /** The paths of the service's routes, relative to `baseUrl`. */
  paths?: Some<Pick<Paths, 'logout' | 'refresh'>> | undefined;
  /** The names of the cookies with the CSRF values, without a prefix such as `__Host-`. */
  cookies?: Some<Pair> | undefined;
  /** The header that repeats a CSRF value. Default: `X-CSRF-TOKEN`. */
  header?: string | Pair | undefined;
  /** How long a refresh may take, in milliseconds. Default: 8000. */
  timeout?: number | undefined;
  /** The `fetch` to call. Default: that of the runtime. */
  fetch?: typeof fetch | undefined;
}

export interface Forwarded {
  /** Does what `fetch` does, in the name of the visitor. Paths are relative to the service. */
  fetch: typeof fetch;
  /** The lines of `Set-Cookie` so far. The page's answer has to have all of them, each as a line. */
  readonly setCookies: readonly string[];
}

/** Calls a service in the name of the visitor whose request is being answered. One for each request. */
export function forward(request: Incoming, options: ForwardOptions): Forwarded {
  const { header = 'X-CSRF-TOKEN', timeout = 8_000, address, canSetCookies = () => true } = options;
  const call: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
  const base = new URL(options.baseUrl);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  const names = filled(COOKIES, options.cookies);
  const paths = filled(PATHS, options.paths);
  const pathOf = (path: string) => new URL(path, base).pathname;
  const [refresh, logout] = [pathOf(paths.refresh), pathOf(paths.logout)];

  const visitor = visitorHeaders(request, address);
  const isVouched = isOwnPage(request);
  let cookie = visitor.get('cookie') ?? '';
  const setCookies: string[] = [];
  let exchange: Promise<Response | null> | undefined;

  /** Makes the headers of the visitor out of those that the caller gives. */
  function dress(headers: Headers, purpose: keyof Pair, value: string | undefined): Headers {
    for (const name of NOT_BY_CALLER) headers.delete(name);
    for (const [name, line] of visitor) headers.set(name, line);
    if (cookie) headers.set('cookie', cookie);
    else headers.delete('cookie');
    const name = typeof header === 'string' ? header : header[purpose];
    if (value !== undefined && !headers.has(name)) headers.set(name, value);
    return headers;
  }

  function keep(response: Response): Response {
    const lines = response.headers.getSetCookie();
    setCookies.push(...lines);
    cookie = updated(cookie, lines);
    return response;
  }

  /** Returns what the service says to a refresh, or null if there must be none. */
  async function renew(): Promise<Response | null> {
    if (!canSetCookies()) return null;
    const headers = dress(new Headers({ accept: 'application/json' }), 'refresh', find(cookie, names.refresh));
    // The visitor has not asked for the refresh, so a page that sent the visitor here has not either.
    if (!isVouched) for (const name of BY_BROWSER) headers.delete(name);
    const signal = AbortSignal.timeout(timeout);
    const response = await call(new URL(refresh, base), {
      method: 'POST',
      headers,
      redirect: 'manual',
      signal,
      ...FRESH,
    });
    if (!isUndecided(response)) await response.arrayBuffer();
    // As long as nobody uses the new tokens, the service takes the old ones.
    if (!canSetCookies()) return null;
    return keep(response);
  }

  async function send(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    const given = input instanceof Request ? input : undefined;
    const url = new URL(given?.url ?? (input as string | URL), base);
    if (url.origin !== base.origin) return call(given ?? url, init);
    const isUnsafe = !/^(GET|HEAD|OPTIONS)$/i.test(init.method ?? given?.method ?? 'GET');
    const isOfRefresh = url.pathname === refresh || url.pathname === logout;
    const attempt = async () => {
      const refreshValue = isOfRefresh ? find(cookie, names.refresh) : undefined;
      const value = refreshValue ?? find(cookie, names.access);
      const purpose = refreshValue === undefined ? 'access' : 'refresh';
      const own = new Headers(init.headers ?? given?.headers);
      const headers = dress(own, purpose, isUnsafe && isVouched ? value : undefined);
      const redirect = (init.redirect ?? given?.redirect) === 'error' ? 'error' : 'manual';
      return keep(await call(given ?? url, { ...init, headers, redirect, ...FRESH }));
    };
    const response = await attempt();
    // A stream is gone once it was sent.
    const isStream = Symbol.asyncIterator in Object(init.body ?? given?.body);
    if (isStream || isOfRefresh || !isUnauthorized(response)) return response;
    const reason = await code(response);
    const isStranger = /^missing_?token/i.test(reason) && find(cookie, names.refresh) === undefined;
    if (isStranger || !REFRESHED.has(reason)) return response;
    exchange ??= renew();
    const answer = await exchange;
    if (answer?.ok) return attempt();
    // Nobody is logged out by a service that cannot tell.
    return answer && isUndecided(answer) ? answer.clone() : response;
  }

  return { fetch: send, setCookies };
}

/** Some frameworks keep answers, and some runtimes refuse to be told not to. */
const FRESH: RequestInit = 'cache' in Request.prototype ? { cache: 'no-store' } : {};

const isUndecided = ({ status }: Response) => status === 429 || status >= 500;
