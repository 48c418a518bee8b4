// The client for browsers, of the folder `client`: npm run page

// src/clock.ts
function clock() {
  let last = { steady: performance.now(), wall: Date.now() };
  let passed = 0;
  return () => {
    const next = { steady: performance.now(), wall: Date.now() };
    passed += Math.max(next.steady - last.steady, next.wall - last.wall);
    last = next;
    return passed;
  };
}

// src/codes.ts
var REFRESHED = /* @__PURE__ */ new Set([
  "invalid_signature",
  "invalid_token",
  "missing_token",
  "session_ended",
  "token_expired",
  "token_revoked",
  // The types of AuthX.
  "MissingTokenError",
  "RevokedTokenError",
  "TokenExpiredError",
  "TokenInvalidSignatureError"
]);
var ENDING = /* @__PURE__ */ new Set([...REFRESHED, "refresh_reused", "unknown_subject"]);
var FORGED = /* @__PURE__ */ new Set([
  "csrf_mismatch",
  "missing_csrf_token",
  "MissingCSRFTokenError",
  "CSRFError"
]);

// src/cookies.ts
function find(header, name) {
  const all = pairs(header);
  for (const full of [`__Host-${name}`, name]) {
    const found = all.find((pair) => nameOf(pair) === full);
    if (found) return found.slice(found.indexOf("=") + 1).trim();
  }
  return void 0;
}
var pairs = (header) => header.split(";").map((pair) => pair.trim()).filter(Boolean);
var nameOf = (pair) => pair.slice(0, Math.max(pair.indexOf("="), 0)).trim();

// src/csrf.ts
function cookie(name) {
  try {
    return find(document.cookie, name);
  } catch {
    return void 0;
  }
}

// src/error.ts
var ClientError = class extends Error {
  constructor(code2, message, status = 0, retryAfter2, options) {
    super(message, options);
    this.code = code2;
    this.status = status;
    this.retryAfter = retryAfter2;
  }
  code;
  status;
  retryAfter;
  name = "ClientError";
};

// src/lock.ts
async function locked(name, patience, work) {
  const locks = manager();
  if (!locks) return work();
  let begun;
  const begin = (lock) => {
    begun = lock ? work() : void 0;
    return begun ?? BUSY;
  };
  const done = await locks.request(name, { ifAvailable: true }, begin).catch(() => begun ?? work());
  if (done !== BUSY) return done;
  await alone(name, patience, async () => void 0);
  return null;
}
async function alone(name, patience, work) {
  const locks = manager();
  if (!locks) return work();
  let begun;
  const begin = () => {
    begun = work();
    return begun;
  };
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), patience);
  const waited = locks.request(name, { signal: waiting.signal }, begin);
  return waited.catch(() => begun ?? work()).finally(() => clearTimeout(timer));
}
var BUSY = /* @__PURE__ */ Symbol();
function manager() {
  try {
    return navigator.locks;
  } catch {
    return void 0;
  }
}

// src/names.ts
var PATHS = { login: "login", logout: "logout", refresh: "refresh", session: "session" };
var COOKIES = { access: "csrf_access_token", refresh: "csrf_refresh_token" };
function filled(defaults, given = {}) {
  const said = Object.entries(given).filter(([, value]) => value !== void 0);
  return { ...defaults, ...Object.fromEntries(said) };
}

// src/service.ts
function sessionOf(subject, said) {
  return {
    subject,
    expiresIn: said.expires_in ?? null,
    fresh: said.fresh ?? false,
    scopes: said.scopes ?? [],
    id: said.session_id ?? null
  };
}
async function request(service, { method, path, turn, csrf, body }) {
  const headers = { accept: "application/json" };
  if (csrf) headers[csrf[0]] = csrf[1];
  if (body !== void 0) headers["content-type"] = "application/json";
  const url = new URL(path, service.base);
  const caller = new AbortController();
  const abort = () => caller.abort();
  const timer = setTimeout(abort, service.timeout);
  turn.addEventListener("abort", abort);
  if (turn.aborted) abort();
  const { signal } = caller;
  let response;
  let said;
  try {
    const init = { method, headers, signal, credentials: "include", redirect: "error", cache: "no-store" };
    response = await service.call(url, { ...init, body: JSON.stringify(body) });
    said = await response.json().catch((error) => {
      if (signal.aborted) throw error;
      return null;
    });
  } catch (error) {
    const fail = (code2, why) => new ClientError(code2, `${url}: ${why}`, 0, void 0, { cause: error });
    if (turn.aborted) throw fail("aborted", turn.reason);
    if (signal.aborted) throw fail("timeout", `no answer within ${service.timeout} ms`);
    throw fail("network", error instanceof Error ? error.message : error);
  } finally {
    clearTimeout(timer);
    turn.removeEventListener("abort", abort);
  }
  if (response.ok && (said instanceof Object || response.status === 204)) return said ?? {};
  const message = said?.message ?? `${url}: ${response.status}`;
  throw new ClientError(said?.code ?? said?.error_type ?? "http", message, response.status, retryAfter(response));
}
async function code(response) {
  if (!/json/.test(response.headers.get("content-type") ?? "")) return "";
  const said = await response.clone().json().catch(() => null);
  return String(said?.code ?? said?.error_type ?? "");
}
var isUnauthorized = ({ status }) => status === 401 || status === 422;
var isRefusal = ({ status }) => status === 401 || status === 403;
function aborted(signal) {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
function retryAfter(response) {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1e3 : void 0;
}

// src/snapshots.ts
function createSnapshots() {
  let snapshot = { state: "unknown", stale: false, session: null, error: null };
  const listeners = /* @__PURE__ */ new Set();
  function subscribe(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }
  return {
    subscribe,
    getSnapshot: () => snapshot,
    set(change) {
      snapshot = { ...snapshot, ...change };
      for (const listener of [...listeners]) {
        try {
          listener();
        } catch (error) {
          (globalThis.reportError ?? console.error)(error);
        }
      }
      return snapshot;
    },
    onChange(listener) {
      let before = snapshot;
      return subscribe(() => {
        const last = before;
        before = snapshot;
        listener(snapshot, last);
      });
    },
    isHeard: () => listeners.size > 0,
    close: () => listeners.clear()
  };
}

// src/tabs.ts
function listen(name, { told, shown, restored }) {
  let channel;
  const begin = () => {
    channel ??= open(name);
    if (channel) channel.onmessage = told;
  };
  const end = () => {
    channel?.close();
    channel = void 0;
  };
  const comeBack = (event) => {
    if (!event.persisted) return;
    begin();
    restored();
  };
  begin();
  globalThis.document?.addEventListener("visibilitychange", shown);
  globalThis.window?.addEventListener("pagehide", end);
  globalThis.window?.addEventListener("pageshow", comeBack);
  return {
    tell: () => channel?.postMessage(null),
    close() {
      end();
      globalThis.document?.removeEventListener("visibilitychange", shown);
      globalThis.window?.removeEventListener("pagehide", end);
      globalThis.window?.removeEventListener("pageshow", comeBack);
    }
  };
}
function open(name) {
  try {
    return globalThis.document && new BroadcastChannel(name);
  } catch {
    return void 0;
  }
}

// src/client.ts
function createClient(options = {}) {
  const { header = "X-CSRF-TOKEN", timeout = 8e3, proactive = false } = options;
  const headers = typeof header === "string" ? { access: header, refresh: header } : header;
  const call = options.fetch ?? ((input, init) => fetch(input, init));
  const page = globalThis.document?.baseURI ?? globalThis.location?.href ?? "http://localhost/";
  const base = new URL(options.baseUrl ?? "/", page);
  if (!/^https?:$/.test(base.protocol)) throw new TypeError(`baseUrl: ${options.baseUrl} has no http:// or https://`);
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  const isOwn = base.origin === globalThis.location?.origin;
  const paths = filled(PATHS, options.paths);
  const names = filled(COOKIES, options.cookies);
  const lock = `handstamp ${base.href}`;
  const service = { call, base, timeout };
  const { set, getSnapshot: snapshot, subscribe, onChange, isHeard, close } = createSnapshots();
  let known = {};
  let owner;
  let pinned;
  let heard;
  let turn = new AbortController();
  let exchanged = 0;
  let refreshing;
  let forced;
  let asking;
  let expires = 0;
  let notBefore = 0;
  let failures = 0;
  let isTold = false;
  let isDisposed = false;
  const now = clock();
  const readable = (purpose) => isOwn ? cookie(names[purpose]) : void 0;
  const csrf = (purpose) => readable(purpose) ?? known[purpose];
  const isOthers = () => {
    const value = readable("access");
    return pinned !== void 0 && value !== void 0 && value !== pinned;
  };
  const own = (method, path, purpose, body) => {
    const value = purpose && csrf(purpose);
    return request(service, {
      method,
      path,
      turn: turn.signal,
      csrf: value ? [headers[purpose], value] : void 0,
      body
    });
  };
  function learn(said) {
    if (said.csrf) known = { access: said.csrf, refresh: said.refresh_csrf ?? said.csrf };
    if (said.expires_in != null) expires = now() + said.expires_in * 1e3;
    pinned = said.csrf ?? csrf("access");
    failures = 0;
    notBefore = 0;
  }
  function take(said) {
    if (said.subject === null) return leave(null);
    if (typeof said.subject !== "string") throw new ClientError("http", `${paths.session}: no subject`);
    learn(said);
    owner = said.subject;
    if (heard === void 0 || isHeard()) heard = owner;
    return set({ state: "in", stale: false, session: sessionOf(owner, said), error: null });
  }
  function failed(error) {
    if (isUnauthorized(error) && ENDING.has(error.code)) return leave(error);
    if (error.status === 0 || error.status === 429 || error.status >= 500) {
      failures += 1;
      const longest = Math.min(1e3 * 2 ** failures, 3e4);
      const wait = Math.max(error.retryAfter ?? 0, 1e3 + Math.random() * (longest - 1e3));
      notBefore = now() + wait;
    }
    return set({ stale: true, error });
  }
  function leave(error) {
    known = {};
    owner = void 0;
    pinned = void 0;
    return set({ state: "out", stale: false, session: null, error });
  }
  async function exchange() {
    const mine = turn;
    try {
      const said = await own("POST", paths.refresh, "refresh");
      const known2 = !said.csrf || said.csrf === pinned ? snapshot().session : null;
      const session = known2 ? void 0 : await own("GET", paths.session);
      if (mine !== turn) return false;
      exchanged += 1;
      if (session) take({ ...said, ...session });
      else {
        const kept = pinned;
        learn(said);
        pinned = said.csrf ?? kept;
        set({ stale: false, session: known2 && { ...known2, expiresIn: said.expires_in ?? null }, error: null });
      }
      return true;
    } catch (error) {
      if (mine === turn) failed(error);
      return false;
    }
  }
  const isUseless = () => now() < notBefore || snapshot().state === "out" && !csrf("refresh");
  function share() {
    if (isUseless()) return Promise.resolve(false);
    refreshing ??= locked(lock, PATIENCE, exchange).finally(() => {
      refreshing = void 0;
    });
    return refreshing;
  }
  function force() {
    if (isUseless()) return Promise.resolve(false);
    forced ??= exchange().finally(() => {
      forced = void 0;
    });
    return forced;
  }
  async function cured(send2, isRefused, wait = (work) => work) {
    const before = exchanged;
    let answer = await send2();
    if (!await isRefused(answer)) return answer;
    let done = exchanged === before ? await wait(share()) : null;
    if (done === null) {
      answer = await send2();
      if (!await isRefused(answer)) return answer;
      done = await wait(force());
    }
    return done ? send2() : answer;
  }
  function ask() {
    asking ??= question().finally(() => {
      asking = void 0;
      look();
    });
    return asking;
  }
  async function question() {
    const mine = turn;
    isTold = false;
    try {
      const get = () => own("GET", paths.session).catch((error) => error);
      const said = await cured(get, (answer) => answer instanceof Error && REFRESHED.has(answer.code));
      if (mine !== turn) return snapshot();
      if (!(said instanceof Error)) return take(said);
      if (!REFRESHED.has(said.code)) return failed(said);
      const isDecided = snapshot().state === "out" || snapshot().error;
      return isDecided ? snapshot() : set({ stale: true, error: said });
    } catch (error) {
      return failed(error);
    }
  }
  async function check(asked) {
    const isUnknown = () => asked !== void 0 && owner === void 0 && snapshot().state === "in";
    for (let tries = 0; tries < 2 && (isOthers() || isUnknown()); tries += 1) {
      await ask();
      if (snapshot().stale) throw snapshot().error;
    }
    if (isNotFor(asked)) throw changed(asked);
  }
  const isNotFor = (asked) => isOthers() || asked !== void 0 && owner !== asked && (owner !== void 0 || snapshot().state === "in");
  const changed = (asked = "another user") => new ClientError(
    "user_changed",
    `this browser is logged in as ${!isOthers() && owner || "another user"}, and was as ${asked}`
  );
  async function send(input, init) {
    const url = new URL(input instanceof Request ? input.url : input, page);
    if (url.origin !== base.origin) return call(input, init);
    const request2 = new Request(input instanceof Request ? input : url, init);
    const { signal } = request2;
    const isUnsafe = !/^(GET|HEAD|OPTIONS)$/.test(request2.method);
    const isStream = init?.body instanceof ReadableStream;
    const asked = heard;
    const transmit = () => {
      const copy = isStream ? request2 : request2.clone();
      const value = pinned ?? csrf("access");
      if (!isUnsafe || !value) return call(isOwn ? copy : new Request(copy, { credentials: "include" }));
      copy.headers.set(headers.access, value);
      return call(new Request(copy, isOwn ? { mode: "same-origin" } : { credentials: "include", redirect: "error" }));
    };
    if (request2.keepalive) {
      if (isNotFor(asked)) throw changed(asked);
      return transmit();
    }
    const wait = (work) => Promise.race([work, aborted(signal)]);
    const isAboutToExpire = proactive && snapshot().state === "in" && expires && expires - now() < MARGIN;
    if (isAboutToExpire) await wait(share());
    const attempt = async () => {
      await wait(check(asked));
      return transmit();
    };
    if (isStream) return attempt();
    const isExpired = async (answer) => isUnauthorized(answer) && REFRESHED.has(await code(answer));
    const response = await cured(attempt, isExpired, wait);
    if (response.ok && snapshot().stale && now() >= notBefore) void ask();
    if (!isUnsafe || !isRefusal(response) || !FORGED.has(await code(response))) return response;
    await wait(ask());
    return snapshot().stale || !pinned ? response : attempt();
  }
  function exclusively(work) {
    const begin = () => {
      if (isDisposed) return;
      turn.abort("a log-in or log-out came first");
      turn = new AbortController();
    };
    begin();
    return alone(lock, PATIENCE, work).finally(begin);
  }
  function fail(error) {
    set({ error });
    throw error;
  }
  async function login(body) {
    const said = await exclusively(() => own("POST", paths.login, void 0, body)).catch(fail);
    asking = void 0;
    owner = void 0;
    heard = void 0;
    learn(said);
    set({ state: "in", stale: false, session: null, error: null });
    const mine = turn;
    const { state, error } = await ask();
    tabs.tell();
    if (mine !== turn || state !== "out" || error) return snapshot();
    const message = "the browser keeps none of the cookies: is the service on http with JWT_COOKIE_SECURE, or on another site?";
    return fail(new ClientError("no_cookies", message));
  }
  async function logout() {
    const end = () => own("POST", paths.logout, csrf("refresh") ? "refresh" : "access");
    await exclusively(
      () => end().catch(async (error) => {
        if (!FORGED.has(error.code)) throw error;
        take(await own("GET", paths.session));
        return end();
      })
    ).catch(fail);
    asking = void 0;
    heard = void 0;
    leave(null);
    tabs.tell();
    return snapshot();
  }
  async function refresh() {
    return await share() === null ? ask() : snapshot();
  }
  const look = () => {
    if (isTold && globalThis.document?.visibilityState !== "hidden") void ask();
  };
  const tabs = listen(lock, {
    told() {
      isTold = true;
      look();
    },
    shown() {
      const isDoubtful = snapshot().stale || snapshot().state === "in" && now() > expires;
      isTold ||= isDoubtful && now() >= notBefore;
      look();
    },
    restored() {
      set({ state: "unknown", session: null });
      void ask();
    }
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
    ready: (margin = 30) => expires - now() < margin * 1e3 ? refresh() : Promise.resolve(snapshot()),
    getSnapshot: snapshot,
    subscribe,
    onChange,
    dispose() {
      isDisposed = true;
      turn.abort("the client was disposed");
      close();
      tabs.close();
    }
  };
}
var PATIENCE = 3e3;
var MARGIN = 5e3;
export {
  ClientError,
  createClient
};
