/** A call of the client that failed. */
export class ClientError extends Error {
  override readonly name = 'ClientError';

  constructor(
    /**
     * The code of the service's answer, or one of the client's own: `network`, `timeout`, `aborted` (by a
     * log-in, a log-out or `dispose`), `http` (an answer without a code), `user_changed`, `no_cookies`.
     */
    readonly code: string,
    message: string,
    /** The status of the answer, 0 without one. */
    readonly status = 0,
    /** After how many milliseconds the service may be asked again. */
    readonly retryAfter?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
