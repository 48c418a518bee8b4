// Written by `npm run codes`, from the codes of the service's rejections.

/** A request that is refused for this reason may be answered after a refresh. */
export const REFRESHED: ReadonlySet<string> = new Set([
  'invalid_signature',
  'invalid_token',
  'missing_token',
  'session_ended',
  'token_expired',
  'token_revoked',
  // The types of AuthX.
  'MissingTokenError',
  'RevokedTokenError',
  'TokenExpiredError',
  'TokenInvalidSignatureError',
]);

/** If a refresh, or the question who is logged in, is refused for this reason, no one is. */
export const ENDING: ReadonlySet<string> = new Set([...REFRESHED, 'refresh_reused', 'unknown_subject']);

/** What a request with an old CSRF value is refused for, or with none. */
export const FORGED: ReadonlySet<string> = new Set([
  'csrf_mismatch',
  'missing_csrf_token',
  'MissingCSRFTokenError',
  'CSRFError',
]);
