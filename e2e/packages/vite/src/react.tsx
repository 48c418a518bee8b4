import { createClient } from 'handstamp';
import { useSession } from 'handstamp/react';
import { createRoot } from 'react-dom/client';

const client = createClient();

function Who() {
  const { session } = useSession(client);
  return <p id="who">{session ? `You are ${session.subject}.` : 'You are not logged in.'}</p>;
}

const main = document.querySelector('main');
if (!main) throw new Error('the page has no main');
createRoot(main).render(<Who />);
await client.session();
