// Swagger UI, whose requests are those of a page of this service.

import { csrfHeader } from './csrf.js';

window.ui = window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  // The browser sends its cookies with requests to this service, and to no other.
  requestInterceptor: async (request) => {
    request.credentials = 'same-origin';
    const [name, value] = await csrfHeader(request.method ?? 'GET', request.url);
    if (value) request.headers[name] ||= value;
    return request;
  },
});
