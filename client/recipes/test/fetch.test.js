import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildSchema, graphql } from 'graphql';
import { Application, expired, logIn, until } from './application.js';
import { folder, lines } from './page.js';

const application = new Application();
const { site } = application;
/** How many slow requests have come, and how many of them were given up. */
const slow = { begun: 0, ended: 0 };
let pages;

before(async () => {
  await application.start();
  site.routes.set('/graphql', answerQuery);
  site.routes.set('/slow', hold);
  pages = await Promise.all(rows.map(open));
});
after(() => application.stop());

function hold(_, answer) {
  slow.begun += 1;
  answer.on('close', () => {
    slow.ended += 1;
  });
}

const schema = buildSchema('type Query { slow: String } type Mutation { post(title: String!): String }');

async function answerQuery(asked, answer) {
  const session = await site.admit(asked, answer);
  if (!session) return;
  const body = Buffer.concat(await asked.toArray()).toString();
  const source = body ? JSON.parse(body).query : new URL(asked.url, site.origin).searchParams.get('query');
  if (source.includes('slow')) return hold(asked, answer);
  const said = await graphql({ schema, source, rootValue: { post: () => session.subject } });
  answer.writeHead(200, { 'content-type': 'application/json' });
  answer.end(JSON.stringify(said));
}

// The library, what is imported, who posts by it, and what begins a slow request and returns how to end it.
const rows = [
  [
    'axios',
    `import axios from 'axios'`,
    `async () => (await api.post('/posts', { title: 'a' })).data.user`,
    `(signal) => api.get('/slow', { signal })`,
  ],
  [
    'ky',
    `import ky from 'ky'`,
    `async () => (await api.post('/posts', { json: { title: 'a' } }).json()).user`,
    `(signal) => api.get('/slow', { signal }).text()`,
  ],
  [
    'ofetch',
    `import { createFetch } from 'ofetch'`,
    `async () => (await api('/posts', { method: 'POST', body: { title: 'a' } })).user`,
    `(signal) => api('/slow', { signal })`,
  ],
  [
    'openapi-fetch',
    `import createClient from 'openapi-fetch'`,
    `async () => (await api.POST('/posts', { body: { title: 'a' } })).data.user`,
    `(signal) => api.GET('/slow', { signal })`,
  ],
  [
    'graphql-request',
    `import { GraphQLClient } from 'graphql-request'`,
    `async () => (await api.request('mutation { post(title: "a") }')).post`,
    `(signal) => api.request({ document: '{ slow }', signal })`,
  ],
  [
    'urql',
    `import { Client, fetchExchange } from '@urql/core'`,
    `async () => (await api.mutation('mutation { post(title: "a") }', {}).toPromise()).data.post`,
    `(signal) => unsubscribed(api.query('{ slow }', {}).subscribe(() => {}), signal)`,
  ],
  [
    'Apollo',
    `import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'`,
    `async () => (await apollo.mutate({ mutation: gql('mutation { post(title: "a") }') })).data.post`,
    `(signal) => unsubscribed(apollo.watchQuery({ query: gql('{ slow }') }).subscribe(() => {}), signal)`,
    'const apollo = new ApolloClient({ link: api, cache: new InMemoryCache() });',
  ],
];

async function open([library, imports, post, begin, more = '']) {
  const page = await application.open(`${imports};
    const api = ${lines().get(library)};
    ${more}
    const unsubscribed = (subscription, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          subscription.unsubscribe();
          reject(signal.reason);
        });
      });
    window.post = ${post};
    window.begin = ${begin};`);
  const seen = { headers: [], refreshes: 0 };
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname === '/refresh') seen.refreshes += 1;
    else if (request.method() === 'POST' && pathname !== '/login') seen.headers.push(request.headers()['x-csrf-token']);
  });
  await logIn(page, 'user1');
  return { library, page, seen };
}

const post = (page) => page.evaluate(() => window.post());

test('each library of the table has a row here', () => {
  assert.deepEqual(
    rows.map(([library]) => library),
    [...lines().keys()],
  );
});

test('each line of the table is right for TypeScript', () => {
  const files = rows.map(([library, imports]) => {
    const file = fileURLToPath(new URL(`${library}.ts`, folder));
    writeFileSync(
      file,
      `${imports};\nimport { client } from './client.js';\nexport const api = ${lines().get(library)};\n`,
    );
    return file;
  });
  const compiler = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url));
  const flags = '--ignoreConfig --noEmit --strict --allowJs --skipLibCheck --target es2022 --module nodenext';
  const { stdout, status } = spawnSync(compiler, [...flags.split(' '), '--lib', 'es2023,dom,dom.iterable', ...files]);
  assert.equal(status, 0, `${stdout}`);
});

test('by each library a post has its CSRF header, and one refresh cures an expired token', async () => {
  for (const { library, page, seen } of pages) {
    assert.equal(await post(page), 'user1', library);
    assert.match(seen.headers.at(-1), /^[\w-]{20,}$/, library);
  }
  await expired();
  for (const { library, page, seen } of pages) {
    seen.refreshes = 0;
    assert.equal(await post(page), 'user1', library);
    assert.equal(seen.refreshes, 1, library);
  }
});

test('by each library a request can be aborted', async () => {
  for (const { library, page } of pages) {
    const { begun, ended } = slow;
    await page.evaluate(() => {
      window.caller = new AbortController();
      window.ending = window.begin(window.caller.signal).catch((error) => error);
    });
    await until(() => slow.begun > begun);
    assert.equal(slow.ended, ended, library);
    await page.evaluate(() => window.caller.abort());
    await until(() => slow.ended > ended);
    assert.ok(await page.evaluate(async () => (await window.ending) instanceof Error), library);
  }
});
