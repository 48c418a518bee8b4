import { useSyncExternalStore } from 'react';
import type { Client, Snapshot } from './types.js';

/** Returns what the client knows, and renders again when that changes. On a server nothing is known. */
export function useSession(client: Client): Snapshot {
  return useSyncExternalStore(client.subscribe, client.getSnapshot, unknown);
}

const NOTHING: Snapshot = { state: 'unknown', stale: false, session: null, error: null };
const unknown = () => NOTHING;
