import type { ClientError } from './error.js';

/** What a client of a service needs to know of it. All of it has defaults: those of handstamp. */
export interface Options {
  /** Where the service is. Default: the page's own origin, at the root. */
  baseUrl?: string | undefined;
  /** The paths of the service's routes, relative to `baseUrl`. */
  paths?: Some<Paths> | undefined;
  /** The names of the cookies with the CSRF values, without a prefix such as `__Host-`. */
  cookies?: Some<Pair> | undefined;
  /** The header that repeats a CSRF value, or one for each of the tokens. Default: `X-CSRF-TOKEN`. */
  header?: string | Pair | undefined;
  /**
   * How long the client waits for its own calls, in milliseconds. Default: 8000, which is less than
   * the time in which the service accepts a refresh token for the second time.
   */
  timeout?: number | undefined;
  /**
   * Whether a request whose access token has less than five seconds left refreshes first, rather than
   * after it was refused. Default: false. There is no timer: a page that is left open keeps no session
   * alive.
   */
  proactive?: boolean | undefined;
  /** The `fetch` to call. Default: that of the page. */
  fetch?: typeof fetch | undefined;
}

/** Some of the members; those that are undefined keep their defaults. */
export type Some<T> = { [Name in keyof T]?: T[Name] | undefined };

export interface Paths {
  login: string;
  logout: string;
  refresh: string;
  session: string;
}

/** Something for each of the two tokens. */
export interface Pair {
  access: string;
  refresh: string;
}

/** Who is logged in. */
export interface Session {
  readonly subject: string;
  /** How long the access token lasted when the service said so, in seconds. */
  readonly expiresIn: number | null;
  /** Whether the user has just given a password. */
  readonly fresh: boolean;
  readonly scopes: readonly string[];
  /** The id of the session, if the service keeps sessions. */
  readonly id: string | null;
}

/** What the client knows. It is replaced as a whole, and never changed. */
export interface Snapshot {
  /** `unknown` until the service was asked. */
  readonly state: 'unknown' | 'in' | 'out';
  /** Whether the last question was not answered: what is said here may have changed since. */
  readonly stale: boolean;
  readonly session: Session | null;
  /** Why the last call failed. */
  readonly error: ClientError | null;
}

export interface Client {
  /** Does what `fetch` does, with the CSRF header, and with a refresh if the access token has expired. */
  readonly fetch: typeof fetch;
  /** Logs in with this body. */
  login(body: unknown): Promise<Snapshot>;
  /** Logs out. Until that is done, the user counts as logged in. */
  logout(): Promise<Snapshot>;
  /** Exchanges the refresh token. Calls at the same time share one. */
  refresh(): Promise<Snapshot>;
  /** Asks who is logged in. */
  session(): Promise<Snapshot>;
  /**
   * Makes the access token last for this long, in seconds: for requests that the client does not
   * send, such as those of links, images, `EventSource` and `WebSocket`.
   */
  ready(margin?: number): Promise<Snapshot>;
  getSnapshot(): Snapshot;
  /** Calls a function whenever the snapshot was replaced. Returns a function that ends that. */
  subscribe(listener: () => void): () => void;
  /** The same, with the snapshot and the one before. */
  onChange(listener: (now: Snapshot, before: Snapshot) => void): () => void;
  /** Ends what the client does in the background. */
  dispose(): void;
}
