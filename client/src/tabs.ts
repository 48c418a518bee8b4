/** What a page hears of. */
export interface Heard {
  /** Another tab has logged in or out. */
  told(): void;
  /** The page is shown again. */
  shown(): void;
  /** The page comes back from the back-forward cache. */
  restored(): void;
}

/** Listens to the other tabs, and to what becomes of this page. */
export function listen(name: string, { told, shown, restored }: Heard): { tell(): void; close(): void } {
  let channel: BroadcastChannel | undefined;
  const begin = () => {
    channel ??= open(name);
    if (channel) channel.onmessage = told;
  };
  // A page with an open channel does not stay in the back-forward cache once another tab speaks.
  const end = () => {
    channel?.close();
    channel = undefined;
  };
  const comeBack = (event: PageTransitionEvent) => {
    if (!event.persisted) return;
    begin();
    restored();
  };
  begin();
  globalThis.document?.addEventListener('visibilitychange', shown);
  globalThis.window?.addEventListener('pagehide', end);
  globalThis.window?.addEventListener('pageshow', comeBack);
  return {
    tell: () => channel?.postMessage(null),
    close() {
      end();
      globalThis.document?.removeEventListener('visibilitychange', shown);
      globalThis.window?.removeEventListener('pagehide', end);
      globalThis.window?.removeEventListener('pageshow', comeBack);
    },
  };
}

/** Some frames have no channels, and where there is no document an open one would keep the process. */
function open(name: string): BroadcastChannel | undefined {
  try {
    return globalThis.document && new BroadcastChannel(name);
  } catch {
    return undefined;
  }
}
