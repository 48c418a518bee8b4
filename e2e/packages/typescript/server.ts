// A server that renders pages, and calls the service for its visitors.

import { type Forwarded, forward, type ForwardOptions, type Incoming } from 'handstamp/server';

const options: Required<ForwardOptions> = {
  baseUrl: new URL('http://127.0.0.1:8000'),
  address: '203.0.113.7',
  canSetCookies: () => false,
  paths: { refresh: 'again', logout: 'out' },
  cookies: { access: 'csrf_access', refresh: 'csrf_refresh' },
  header: 'X-CSRF',
  timeout: 5_000,
  fetch: (input, init) => fetch(input, init),
};

export async function answer(request: Request): Promise<Response> {
  const service: Forwarded = forward(request, { baseUrl: 'http://127.0.0.1:8000', address: '203.0.113.7' });
  const said = await service.fetch('/protected');
  const lines: readonly string[] = service.setCookies;
  return new Response(said.body, { status: said.status, headers: lines.map((line) => ['set-cookie', line]) });
}

const incoming: Incoming = { headers: { cookie: 'a=b', 'x-forwarded-for': undefined, 'x-own': ['c', 'd'] } };
export const full: typeof fetch = forward(incoming, options).fetch;

// @ts-expect-error without the request
forward({ baseUrl: 'http://127.0.0.1:8000', address: undefined });
// @ts-expect-error without the service
forward(incoming, { address: undefined });
// @ts-expect-error without the visitor's address, or that it is not known
forward(incoming, { baseUrl: 'http://127.0.0.1:8000' });
// @ts-expect-error an option that does not exist
forward(incoming, { ...options, url: '/auth' });
// @ts-expect-error a path that a visitor's browser uses
forward(incoming, { ...options, paths: { login: 'in' } });
// @ts-expect-error a request without headers
forward('/protected', options);
// @ts-expect-error what the service sets is not the caller's to change
forward(incoming, options).setCookies.push('a=b');
// @ts-expect-error nor to replace
forward(incoming, options).setCookies = [];
