// Swagger UI, whose requests are those of a page of this service.

import { csrfHeader } from './csrf.js';

window.ui = window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  // The browser sends its cookies with requests to this service, and to no other.
  requestInterceptor: async (request) => {
    request.credentials = 'same-origin';
    const header = await csrfHeader(request.method ?? 'GET', request.url);
    if (header) request.headers[header[0]] ||= header[1];
    return request;
  },
});
