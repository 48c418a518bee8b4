export { createClient } from './client.js';
export type { Client, ClientError, Options, Pair, Paths, Session, Snapshot } from './types.js';
