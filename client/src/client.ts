import { clock } from './clock.js';
import { ENDING, FORGED, REFRESHED } from './codes.js';
import { cookie } from './csrf.js';
import { ClientError } from './error.js';
import { alone, locked } from './lock.js';
import { COOKIES, filled, PATHS } from './names.js';
import { aborted, code, isRefusal, isUnauthorized, request, type Said, sessionOf } from './service.js';
import { createSnapshots } from './snapshots.js';
import { listen } from './tabs.js';
import type { Client, Options, Pair, Snapshot } from './types.js';

/** Makes a client of one service. A page needs one for each service that its user logs in to. */
export function createClient(options: Options = {}): Client {
  const { header = 'X-CSRF-TOKEN', timeout = 8_000, proactive = false } = options;
  const headers: Pair = typeof header === 'string' ? { access: header, refresh: header } : header;
  const call: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
  // Where there is no page, as while a server renders one, a client may be made and knows nothing.
  const page = globalThis.document?.baseURI ?? globalThis.location?.href ?? 'http://localhost/';
  const base = new URL(options.baseUrl ?? '/', page);
  // `localhost:8000` is a URL, of the scheme `localhost`.
  if (!/^https?:$/.test(base.protocol)) throw new TypeError(`baseUrl: ${options.baseUrl} has no http:// or https://`);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  const isOwn = base.origin === globalThis.location?.origin;
  const paths = filled(PATHS, options.paths);
  const names = filled(COOKIES, options.cookies);
  const lock = `handstamp ${base.href}`;
  const service = { call, base, timeout };

  const { set, getSnapshot: snapshot, subscribe, onChange, isHeard, close } = createSnapshots();
  // The CSRF values of the last answer that had some, for a page that cannot read the cookies.
  let known: Partial<Pair> = {};
  // Whom the page was made for, and the CSRF value of that session. A page that comes back still has both.
  let owner: string | undefined;
  let pinned: string | undefined;
  // The owner that the application has heard of: what it asks for is in the name of that one.
  let heard: string | undefined;
  // Ends with each log-in and log-out: what was under way then changes nothing any more.
  let turn = new AbortController();
  // How often the refresh token was exchanged.
  let exchanged = 0;
  let refreshing: Promise<boolean | null> | undefined;
  let forced: Promise<boolean> | undefined;
  let asking: Promise<Snapshot> | undefined;
  let expires = 0;
  let notBefore = 0;
  let failures = 0;
  // Whether another tab has logged in or out since the last question.
  let isTold = false;
  let isDisposed = false;

  const now = clock();

  /** The cookies of another origin have the same names, and are not those of the service. */
  const readable = (purpose: keyof Pair) => (isOwn ? cookie(names[purpose]) : undefined);
  const csrf = (purpose: keyof Pair) => readable(purpose) ?? known[purpose];
  const isOthers = () => {
    const value = readable('access');
    return pinned !== undefined && value !== undefined && value !== pinned;
  };

  const own = (method: string, path: string, purpose?: keyof Pair, body?: unknown) => {
    const value = purpose && csrf(purpose);
    return request(service, {
      method,
      path,
      turn: turn.signal,
      csrf: value ? [headers[purpose], value] : undefined,
      body,
    });
  };

  /** Takes the CSRF values of an answer, and how long the access token lasts. */
  function learn(said: Said) {
    if (said.csrf) known = { access: said.csrf, refresh: said.refresh_csrf ?? said.csrf };
    if (said.expires_in != null) expires = now() + said.expires_in * 1_000;
    pinned = said.csrf ?? csrf('access');
    failures = 0;
    notBefore = 0;
  }

  /** Takes the answer to the question who is logged in. */
  function take(said: Said): Snapshot {
    if (said.subject === null) return leave(null);
    if (typeof said.subject !== 'string') throw new ClientError('http', `${paths.session}: no subject`);
    learn(said);
    owner = said.subject;
    if (heard === undefined || isHeard()) heard = owner;
    return set({ state: 'in', stale: false, session: sessionOf(owner, said), error: null });
  }

  /** Only an answer of the service's own log-in routes ends a session, and only one that says so. */
  function failed(error: ClientError): Snapshot {
    if (isUnauthorized(error) && ENDING.has(error.code)) return leave(error);
    if (error.status === 0 || error.status === 429 || error.status >= 500) {
      failures += 1;
      const longest = Math.min(1_000 * 2 ** failures, 30_000);
      const wait = Math.max(error.retryAfter ?? 0, 1_000 + Math.random() * (longest - 1_000));
      notBefore = now() + wait;
    }
    return set({ stale: true, error });
  }

  function leave(error: ClientError | null): Snapshot {
    known = {};
    owner = undefined;
    pinned = undefined;
    return set({ state: 'out', stale: false, session: null, error });
  }

  /** Exchanges the refresh token, without a look at what other tabs do. */
  async function exchange(): Promise<boolean> {
    const mine = turn;
    try {
      const said = await own('POST', paths.refresh, 'refresh');
      // Of another session it is not known whose it is.
      const known = !said.csrf || said.csrf === pinned ? snapshot().session : null;
      const session = known ? undefined : await own('GET', paths.session);
      if (mine !== turn) return false;
      exchanged += 1;
      if (session) take({ ...said, ...session });
      else {
        const kept = pinned;
        learn(said);
        pinned = said.csrf ?? kept;
        set({ stale: false, session: known && { ...known, expiresIn: said.expires_in ?? null }, error: null });
      }
      return true;
    } catch (error) {
      if (mine === turn) failed(error as ClientError);
      return false;
    }
  }

  const isUseless = () => now() < notBefore || (snapshot().state === 'out' && !csrf('refresh'));

  /** Returns whether the refresh token was exchanged, and null if another tab was busy with that. */
  function share(): Promise<boolean | null> {
    if (isUseless()) return Promise.resolve(false);
    refreshing ??= locked(lock, PATIENCE, exchange).finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  }

  function force(): Promise<boolean> {
    if (isUseless()) return Promise.resolve(false);
    forced ??= exchange().finally(() => {
      forced = undefined;
    });
    return forced;
  }

  /** Sends a request, and once more if a refresh cures what it was refused for. */
  async function cured<T>(
    send: () => Promise<T>,
    isRefused: (answer: T) => boolean | Promise<boolean>,
    wait: <W>(work: Promise<W>) => Promise<W> = (work) => work,
  ): Promise<T> {
    const before = exchanged;
    let answer = await send();
    if (!(await isRefused(answer))) return answer;
    let done = exchanged === before ? await wait(share()) : null;
    if (done === null) {
      // Another request, or as far as can be told another tab, has refreshed.
      answer = await send();
      if (!(await isRefused(answer))) return answer;
      done = await wait(force());
    }
    return done ? send() : answer;
  }

  function ask(): Promise<Snapshot> {
    asking ??= question().finally(() => {
      asking = undefined;
      look();
    });
    return asking;
  }

  async function question(): Promise<Snapshot> {
    const mine = turn;
    isTold = false;
    try {
      const get = () => own('GET', paths.session).catch((error: ClientError) => error);
      const said = await cured(get, (answer) => answer instanceof Error && REFRESHED.has(answer.code));
      if (mine !== turn) return snapshot();
      if (!(said instanceof Error)) return take(said);
      if (!REFRESHED.has(said.code)) return failed(said);
      // Where a refresh was refused, that was the answer. Without one nothing is decided.
      const isDecided = snapshot().state === 'out' || snapshot().error;
      return isDecided ? snapshot() : set({ stale: true, error: said });
    } catch (error) {
      return failed(error as ClientError);
    }
  }

  /** Stops what a page would do as another user than the one it was made for. */
  async function check(asked: string | undefined): Promise<void> {
    // After a log-in of this page it is not known yet whether the same user has come.
    const isUnknown = () => asked !== undefined && owner === undefined && snapshot().state === 'in';
    for (let tries = 0; tries < 2 && (isOthers() || isUnknown()); tries += 1) {
      await ask();
      if (snapshot().stale) throw snapshot().error;
    }
    if (isNotFor(asked)) throw changed(asked);
  }

  const isNotFor = (asked: string | undefined) =>
    isOthers() || (asked !== undefined && owner !== asked && (owner !== undefined || snapshot().state === 'in'));

  const changed = (asked = 'another user') =>
    new ClientError(
      'user_changed',
      `this browser is logged in as ${(!isOthers() && owner) || 'another user'}, and was as ${asked}`,
    );

  async function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const url = new URL(input instanceof Request ? input.url : input, page);
    if (url.origin !== base.origin) return call(input, init);
    const request = new Request(input instanceof Request ? input : url, init);
    const { signal } = request;
    const isUnsafe = !/^(GET|HEAD|OPTIONS)$/.test(request.method);
    const isStream = init?.body instanceof ReadableStream;
    const asked = heard;
    const transmit = () => {
      const copy = isStream ? request : request.clone();
      const value = pinned ?? csrf('access');
      if (!isUnsafe || !value) return call(isOwn ? copy : new Request(copy, { credentials: 'include' }));
      copy.headers.set(headers.access, value);
      // A redirect to another origin would take the header along.
      return call(new Request(copy, isOwn ? { mode: 'same-origin' } : { credentials: 'include', redirect: 'error' }));
    };
    // The page may be gone before anything can be waited for.
    if (request.keepalive) {
      if (isNotFor(asked)) throw changed(asked);
      return transmit();
    }
    const wait = <W>(work: Promise<W>) => Promise.race([work, aborted(signal)]);
    const isAboutToExpire = proactive && snapshot().state === 'in' && expires && expires - now() < MARGIN;
    if (isAboutToExpire) await wait(share());
    const attempt = async () => {
      await wait(check(asked));
      return transmit();
    };
    if (isStream) return attempt();
    const isExpired = async (answer: Response) => isUnauthorized(answer) && REFRESHED.has(await code(answer));
    const response = await cured(attempt, isExpired, wait);
    // The service is back.
    if (response.ok && snapshot().stale && now() >= notBefore) void ask();
    if (!isUnsafe || !isRefusal(response) || !FORGED.has(await code(response))) return response;
    // The same user has logged in again, or the page does not know the value yet.
    await wait(ask());
    return snapshot().stale || !pinned ? response : attempt();
  }

  /** Ends what is under way, and does this while no other tab refreshes. */
  function exclusively<T>(work: () => Promise<T>): Promise<T> {
    const begin = () => {
      if (isDisposed) return;
      turn.abort('a log-in or log-out came first');
      turn = new AbortController();
    };
    begin();
    // What was asked meanwhile has been overtaken.
    return alone(lock, PATIENCE, work).finally(begin);
  }

  function fail(error: unknown): never {
    set({ error: error as ClientError });
    throw error;
  }

  async function login(body: unknown): Promise<Snapshot> {
    const said = await exclusively(() => own('POST', paths.login, undefined, body)).catch(fail);
    asking = undefined;
    owner = undefined;
    heard = undefined;
    learn(said);
    set({ state: 'in', stale: false, session: null, error: null });
    const mine = turn;
    const { state, error } = await ask();
    tabs.tell();
    if (mine !== turn || state !== 'out' || error) return snapshot();
    const message =
      'the browser keeps none of the cookies: is the service on http with JWT_COOKIE_SECURE, or on another site?';
    return fail(new ClientError('no_cookies', message));
  }

  async function logout(): Promise<Snapshot> {
    const end = () => own('POST', paths.logout, csrf('refresh') ? 'refresh' : 'access');
    await exclusively(() =>
      end().catch(async (error: ClientError) => {
        if (!FORGED.has(error.code)) throw error;
        // The page does not know the value yet.
        take(await own('GET', paths.session));
        return end();
      }),
    ).catch(fail);
    asking = undefined;
    heard = undefined;
    leave(null);
    tabs.tell();
    return snapshot();
  }

  async function refresh(): Promise<Snapshot> {
    return (await share()) === null ? ask() : snapshot();
  }

  /** Asks if another tab has said that something changed. */
  const look = () => {
    if (isTold && globalThis.document?.visibilityState !== 'hidden') void ask();
  };
  const tabs = listen(lock, {
    told() {
      isTold = true;
      look();
    },
    shown() {
      const isDoubtful = snapshot().stale || (snapshot().state === 'in' && now() > expires);
      isTold ||= isDoubtful && now() >= notBefore;
      look();
    },
    restored() {
      // What another user is shown was the former one's.
      set({ state: 'unknown', session: null });
      void ask();
    },
  });

  return {
    fetch: send,
    login,
    logout,
    refresh,
    async session() {
      await ask();
      heard = owner ?? heard;
      return snapshot();
    },
    ready: (margin = 30) => (expires - now() < margin * 1_000 ? refresh() : Promise.resolve(snapshot())),
    getSnapshot: snapshot,
    subscribe,
    onChange,
    dispose() {
      isDisposed = true;
      turn.abort('the client was disposed');
      close();
      tabs.close();
    },
  };
}

/** How long another tab is waited for, in milliseconds. */
const PATIENCE = 3_000;
/** With less than this left, in milliseconds, an access token is about to expire. */
const MARGIN = 5_000;
