'use client';

import { createClient } from 'handstamp';
import { useSession } from 'handstamp/react';
import { useEffect } from 'react';

// Is made for each process of the server as well, which renders the page before any browser does.
const client = createClient();

export function Who() {
  const { state, session } = useSession(client);
  useEffect(() => void client.session(), []);
  if (state === 'unknown') return <p>Nobody knows yet who you are.</p>;
  return <p>{session ? `You are ${session.subject}.` : 'You are not logged in.'}</p>;
}
