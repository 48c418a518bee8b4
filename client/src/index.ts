export { createClient } from './client.js';
export { ClientError } from './error.js';
export type { Client, Options, Pair, Paths, Session, Snapshot } from './types.js';
