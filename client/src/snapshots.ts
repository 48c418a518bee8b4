import type { Client, Snapshot } from './types.js';

/** What is known, and who wants to hear when it is replaced. */
export interface Snapshots extends Pick<Client, 'getSnapshot' | 'subscribe' | 'onChange'> {
  set(change: Partial<Snapshot>): Snapshot;
  /** Whether anyone listens. */
  isHeard(): boolean;
  /** Tells no one any more. */
  close(): void;
}

/** Makes a place for snapshots, in which nothing is known. */
export function createSnapshots(): Snapshots {
  let snapshot: Snapshot = { state: 'unknown', stale: false, session: null, error: null };
  const listeners = new Set<() => void>();

  function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return {
    subscribe,
    getSnapshot: () => snapshot,
    set(change) {
      snapshot = { ...snapshot, ...change };
      for (const listener of [...listeners]) {
        try {
          listener();
        } catch (error) {
          (globalThis.reportError ?? console.error)(error);
        }
      }
      return snapshot;
    },
    onChange(listener) {
      let before = snapshot;
      return subscribe(() => {
        const last = before;
        before = snapshot;
        listener(snapshot, last);
      });
    },
    isHeard: () => listeners.size > 0,
    close: () => listeners.clear(),
  };
}
