// Scalar, whose requests are those of a page of this service.

import { csrfHeader } from './csrf.js';

window.Scalar.createApiReference('#reference', {
  url: '/openapi.json',
  // Nothing is asked of other hosts.
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  // The browser sends its cookies with requests to this service, and to no other.
  customFetch: async (...request) => {
    const sent = new Request(...request);
    const header = await csrfHeader(sent.method, sent.url);
    // Scalar sends an empty header where it was told none.
    if (header && !sent.headers.get(header[0])) sent.headers.set(...header);
    return fetch(sent);
  },
});
