// The same by Node's own server, whose types only its compiler knows.

import { createServer } from 'node:http';
import { forward } from 'handstamp/server';

export const server = createServer(async (request, response) => {
  const service = forward(request, {
    baseUrl: 'http://127.0.0.1:8000',
    address: request.socket.remoteAddress,
    canSetCookies: () => !response.headersSent,
  });
  const said = await service.fetch('/protected', { method: request.method ?? 'GET' });
  response.writeHead(said.status, { 'set-cookie': [...service.setCookies] });
  response.end(await said.text());
});
