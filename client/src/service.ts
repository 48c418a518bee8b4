import { ClientError } from './error.js';
import type { Session } from './types.js';

/** What an answer of the service may say. */
export interface Said {
  message?: string;
  code?: string;
  /** In the style of AuthX, instead of a code. */
  error_type?: string;
  csrf?: string | null;
  refresh_csrf?: string;
  expires_in?: number | null;
  subject?: string | null;
  fresh?: boolean;
  scopes?: string[];
  session_id?: string | null;
}

/** Returns what an answer says of the session of this user. */
export function sessionOf(subject: string, said: Said): Session {
  return {
    subject,
    expiresIn: said.expires_in ?? null,
    fresh: said.fresh ?? false,
    scopes: said.scopes ?? [],
    id: said.session_id ?? null,
  };
}

/** How the service is called. */
export interface Service {
  call: typeof fetch;
  base: URL;
  /** In milliseconds. */
  timeout: number;
}

/** A call of a route: once `turn` ends, its answer is not wanted any more. */
export interface Call {
  method: string;
  path: string;
  turn: AbortSignal;
  /** A header, and the CSRF value that it repeats. */
  csrf?: readonly [string, string] | undefined;
  body?: unknown;
}

/** Calls a route of the service, and returns what it says. Anything but a 2xx is a ClientError. */
export async function request(service: Service, { method, path, turn, csrf, body }: Call): Promise<Said> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (csrf) headers[csrf[0]] = csrf[1];
  if (body !== undefined) headers['content-type'] = 'application/json';
  const url = new URL(path, service.base);
  const caller = new AbortController();
  const abort = () => caller.abort();
  const timer = setTimeout(abort, service.timeout);
  turn.addEventListener('abort', abort);
  if (turn.aborted) abort();
  const { signal } = caller;
  let response: Response;
  let said: Said | null;
  try {
    const init = { method, headers, signal, credentials: 'include', redirect: 'error', cache: 'no-store' } as const;
    response = await service.call(url, { ...init, body: JSON.stringify(body) });
    said = await response.json().catch((error) => {
      if (signal.aborted) throw error;
      return null;
    });
  } catch (error) {
    const fail = (code: string, why: unknown) =>
      new ClientError(code, `${url}: ${why}`, 0, undefined, { cause: error });
    if (turn.aborted) throw fail('aborted', turn.reason);
    if (signal.aborted) throw fail('timeout', `no answer within ${service.timeout} ms`);
    throw fail('network', error instanceof Error ? error.message : error);
  } finally {
    clearTimeout(timer);
    turn.removeEventListener('abort', abort);
  }
  // A page that a proxy or a hotel sends instead is no answer of the service.
  if (response.ok && (said instanceof Object || response.status === 204)) return said ?? {};
  const message = said?.message ?? `${url}: ${response.status}`;
  throw new ClientError(said?.code ?? said?.error_type ?? 'http', message, response.status, retryAfter(response));
}

/** Returns the code of a rejection, and leaves the answer to be read. */
export async function code(response: Response): Promise<string> {
  if (!/json/.test(response.headers.get('content-type') ?? '')) return '';
  const said = await response
    .clone()
    .json()
    .catch(() => null);
  return String(said?.code ?? said?.error_type ?? '');
}

// In the style of AuthX a token that has expired is answered with 422, and a wrong CSRF value with 401.
export const isUnauthorized = ({ status }: { status: number }) => status === 401 || status === 422;
export const isRefusal = ({ status }: Response) => status === 401 || status === 403;

/** Fails when the signal says so. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Returns what `Retry-After` says, in milliseconds. */
function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}
