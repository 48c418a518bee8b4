import type { ClientError } from './types.js';

/** Makes an error with a code. */
export function failure(code: string, message: string, status = 0, retryAfter?: number): ClientError {
  return Object.assign(new Error(message), { name: 'ClientError', code, status, retryAfter });
}
