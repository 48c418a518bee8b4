import type { Pair, Paths, Some } from './types.js';

/** The service's routes. */
export const PATHS: Paths = { login: 'login', logout: 'logout', refresh: 'refresh', session: 'session' };

/** The cookies with the CSRF values, without a prefix. */
export const COOKIES: Pair = { access: 'csrf_access_token', refresh: 'csrf_refresh_token' };

/** Returns the defaults with what was given in their place. */
export function filled<T extends object>(defaults: T, given: Some<T> = {}): T {
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(said) };
}
