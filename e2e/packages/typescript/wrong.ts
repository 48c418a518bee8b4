// Mistakes that the compiler finds. It fails at one that it no longer finds.

import { createClient, type Snapshot } from 'handstamp';
// @ts-expect-error what is inside the package
import 'handstamp/dist/client.js';
// @ts-expect-error an entry that does not exist
import 'handstamp/client';
// @ts-expect-error a name that does not exist
import { Handstamp } from 'handstamp';

const client = createClient();

// @ts-expect-error an option that does not exist
createClient({ baseURL: '/auth' });
// @ts-expect-error a URL that is none
createClient({ baseUrl: 8000 });
// @ts-expect-error a path that does not exist
createClient({ paths: { signin: 'in' } });
// @ts-expect-error a cookie that does not exist
createClient({ cookies: { session: 'csrf' } });
// @ts-expect-error several headers
createClient({ header: ['X-CSRF'] });
// @ts-expect-error a time with its unit
createClient({ timeout: '8s' });
// @ts-expect-error a `fetch` that answers with a text
createClient({ fetch: async () => 'an answer' });

// @ts-expect-error a log-in without a body
client.login();
// @ts-expect-error a margin with its unit
client.ready('60s');
// @ts-expect-error a method that does not exist
client.signOut();
// @ts-expect-error a listener that wants what `subscribe` does not tell
client.subscribe((now: Snapshot) => console.log(now.state));
// @ts-expect-error what `onChange` returns is a function
client.onChange(() => {}).dispose();

// @ts-expect-error the subject, where no one may be logged in
client.getSnapshot().session.subject;
// @ts-expect-error the code, where nothing may have failed
client.getSnapshot().error.code;
// @ts-expect-error who is logged in, before that was answered
client.session().state;
// @ts-expect-error a state that does not exist
export const isLoading = client.getSnapshot().state === 'loading';
// @ts-expect-error a snapshot without all that it says
export const partial: Snapshot = { state: 'out' };
// @ts-expect-error the id, where the service may keep no sessions
export const id: string | undefined = client.getSnapshot().session?.id;
// @ts-expect-error a snapshot that is changed
client.getSnapshot().state = 'out';
// @ts-expect-error a session that is changed
client.getSnapshot().session!.subject = 'user2';
// @ts-expect-error scopes that are changed
client.getSnapshot().session!.scopes.push('admin');
// @ts-expect-error a client that is changed
client.fetch = fetch;
