import { defineConfig } from 'vite';

const service = process.env.SERVICE ?? 'http://127.0.0.1:8000';

export default defineConfig({
  // While you develop: what begins so is passed on to the service, everything else is Vite's.
  server: { proxy: { '^/(login|logout|refresh|sessions?|names|posts)': service } },
  build: { target: 'es2022', rolldownOptions: { input: ['index.html', 'react.html', 'blank.html'] } },
});
