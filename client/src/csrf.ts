import { find } from './cookies.js';

/** Returns the value of a cookie that script can read, or of the one with a prefix, which no other host can set. */
export function cookie(name: string): string | undefined {
  try {
    return find(document.cookie, name);
  } catch {
    // No document, as in a worker, or one without cookies, as in a sandboxed frame.
    return undefined;
  }
}
