// Every export, with the types that its documentation promises.

import * as handstamp from 'handstamp';
import { type Client, ClientError, createClient, type Options, type Pair, type Paths, type Session, type Snapshot } from 'handstamp';

// Also says so when a value is exported that nothing here uses.
export const all: { [name in keyof typeof handstamp]: unknown } = { createClient, ClientError };

const paths: Paths = { login: 'in', logout: 'out', refresh: 'again', session: 'who' };
const cookies: Pair = { access: 'csrf_access', refresh: 'csrf_refresh' };
const options: Required<Options> = {
  baseUrl: '/auth',
  paths,
  cookies,
  header: 'X-CSRF',
  timeout: 5_000,
  proactive: true,
  fetch: (input, init) => fetch(input, init),
};
export const client: Client = createClient(options);
export const withDefaults: Client = createClient();
export const withSome: Client = createClient({ paths: { login: 'in' }, cookies: { access: 'csrf' } });

// A library that takes a `fetch` takes this one.
export const simple: (input: string) => Promise<Response> = client.fetch;
export const full: typeof fetch = client.fetch;

export async function use(): Promise<string[]> {
  const answer: Response = await client.fetch(new URL('https://api.example.com/posts'), { method: 'POST', body: 'a post' });
  const snapshots: Snapshot[] = [
    await client.login({ username: 'user1', password: 'password1' }),
    await client.refresh(),
    await client.session(),
    await client.ready(),
    await client.ready(60),
    await client.logout(),
    client.getSnapshot(),
  ];
  return [answer.statusText, ...snapshots.map(told)];
}

function told({ state, stale, session, error }: Snapshot): string {
  if (stale) return 'perhaps';
  switch (state) {
    case 'unknown':
      return 'nobody knows';
    case 'out':
      return error ? reason(error) : 'no one';
    case 'in':
      return session ? who(session) : 'someone';
  }
}

function who({ subject, expiresIn, fresh, scopes, id }: Session): string {
  const left = expiresIn === null ? 'nobody knows how long' : `${expiresIn.toFixed()} s`;
  return [subject, left, fresh ? 'with a password' : 'by a refresh', ...scopes, id ?? 'no session'].join();
}

export function reason(error: ClientError): string {
  const seconds = error.retryAfter === undefined ? '' : `${error.retryAfter / 1_000} s`;
  return [error.name, error.message, error.code, error.status.toFixed(), seconds].join();
}

export async function said(url: string): Promise<string> {
  try {
    return (await client.fetch(url)).statusText;
  } catch (error) {
    if (error instanceof ClientError) return reason(error);
    throw error;
  }
}

// As settings of an environment are, which may be missing.
export const configured: Client = createClient({ baseUrl: undefined, paths: { login: undefined }, timeout: undefined });

const ends: (() => void)[] = [
  client.subscribe(() => {}),
  client.onChange((now, before) => console.log(told(now), told(before))),
  () => client.dispose(),
];
for (const end of ends) end();
