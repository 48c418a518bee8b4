import { forward } from 'handstamp/server';
import { headers } from 'next/headers';

// A server component cannot set cookies.
export default async function Profile() {
  const options = { baseUrl: 'http://127.0.0.1:8000', address: undefined, canSetCookies: () => false };
  const service = forward({ headers: await headers() }, options);
  const said = await service.fetch('/protected');
  return <p>{said.ok ? 'You may see this.' : 'Log in to see this.'}</p>;
}
