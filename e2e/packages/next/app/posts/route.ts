import { forward } from 'handstamp/server';

// Takes the posts of the page, and sends them to the service for the visitor.
export async function POST(request: Request): Promise<Response> {
  const service = forward(request, { baseUrl: 'http://127.0.0.1:8000', address: undefined });
  const said = await service.fetch('/posts', { method: 'POST', body: await request.text() });
  const headers = service.setCookies.map((line): [string, string] => ['set-cookie', line]);
  return new Response(said.body, { status: said.status, headers });
}
