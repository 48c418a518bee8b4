/** Does this unless another tab is busy with the same: then waits for that, and returns null. */
export async function locked<T>(name: string, patience: number, work: () => Promise<T>): Promise<T | null> {
  const locks = manager();
  if (!locks) return work();
  let begun: Promise<T> | undefined;
  const begin = (lock: Lock | null) => {
    begun = lock ? work() : undefined;
    return begun ?? BUSY;
  };
  const done = await locks.request(name, { ifAvailable: true }, begin).catch(() => begun ?? work());
  if (done !== BUSY) return done as T;
  await alone(name, patience, async () => undefined);
  return null;
}

/** Does this while no other tab is busy with the same; in any case once that was waited for. */
export async function alone<T>(name: string, patience: number, work: () => Promise<T>): Promise<T> {
  const locks = manager();
  if (!locks) return work();
  let begun: Promise<T> | undefined;
  const begin = () => {
    begun = work();
    return begun;
  };
  // Safari 15 has locks, and no AbortSignal.timeout.
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), patience);
  const waited = locks.request(name, { signal: waiting.signal }, begin);
  return waited.catch(() => begun ?? work()).finally(() => clearTimeout(timer)) as Promise<T>;
}

const BUSY = Symbol();

/** Pages on plain HTTP have no locks, and some frames throw. */
function manager(): LockManager | undefined {
  try {
    return navigator.locks;
  } catch {
    return undefined;
  }
}
