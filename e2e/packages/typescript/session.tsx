// The hook, in a component.

import { createClient, type Snapshot } from 'handstamp';
import { useSession } from 'handstamp/react';

const client = createClient();

export function Who() {
  const now: Snapshot = useSession(client);
  return <p>{now.session?.subject}</p>;
}

export function Wrong() {
  // @ts-expect-error without a client
  useSession();
  // @ts-expect-error with something else than a client
  useSession({ fetch });
  // @ts-expect-error the subject, where no one may be logged in
  return <p>{useSession(client).session.subject}</p>;
}
