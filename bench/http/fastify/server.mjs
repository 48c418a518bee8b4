// Fastify with @fastify/jwt and @fastify/cookie, and a comparison of the CSRF header with the claim.
// Prints the address it listens on, and ends when standard input does.

import { randomBytes } from "node:crypto";

import cookie from "@fastify/cookie";
import jwt from "@fastify/jwt";
import fastify from "fastify";

const { SECRET, ISSUER, AUDIENCE, SUBJECT } = process.env;

const app = fastify();
await app.register(cookie);
await app.register(jwt, {
    secret: SECRET,
    cookie: { cookieName: "access_token_cookie", signed: false },
    sign: { iss: ISSUER, aud: AUDIENCE, expiresIn: "1h", notBefore: 0 },
    verify: { allowedIss: ISSUER, allowedAud: AUDIENCE, algorithms: ["HS256"] },
});

async function verify(request, reply) {
    await request.jwtVerify({ onlyCookie: true });
    const { type, csrf } = request.user;
    if (type !== "access") return reply.code(401).send();
    if (request.method !== "GET" && request.headers["x-csrf-token"] !== csrf) return reply.code(403).send();
}

const schema = { response: { 200: { type: "object", properties: { subject: { type: "string" } } } } };
const guarded = { onRequest: verify, schema };
app.get("/me", guarded, async (request) => ({ subject: request.user.sub }));
app.post("/notes", guarded, async (request) => ({ subject: request.user.sub }));

app.post("/login", async (request, reply) => {
    const [jti, csrf] = [0, 0].map(() => randomBytes(16).toString("base64url"));
    const scopes = ["posts:read", "posts:write"];
    const token = app.jwt.sign({ sub: SUBJECT, jti, type: "access", fresh: true, csrf, scopes });
    reply.setCookie("access_token_cookie", token, { path: "/", httpOnly: true, secure: true, sameSite: "lax" });
    reply.setCookie("csrf_access_token", csrf, { path: "/", secure: true, sameSite: "lax" });
    return {};
});

await app.listen({ host: "127.0.0.1", port: 0 });
const { address, port } = app.server.address();
console.log(`${address}:${port}`);
process.stdin.on("end", () => process.exit()).resume();
