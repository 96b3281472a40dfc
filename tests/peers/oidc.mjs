// A sign-in service (oidc-provider) and a portal behind it, on one host: with a second factor after the
// password, or without. The portal keeps the ID token that it is given in the file TOKEN.
//
//   node oidc.mjs PORT one|two KEY CERTIFICATE CA TOKEN
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { Provider } from 'oidc-provider';

const [port, factors, keyFile, certificateFile, caFile, tokenFile] = process.argv.slice(2);
const issuer = `https://localhost:${port}`;
const [key, cert, ca] = [keyFile, certificateFile, caFile].map((file) => readFileSync(file));
const withSecond = factors === 'two';

const provider = new Provider(issuer, {
  clients: [{ client_id: 'portal', client_secret: 'of-this-test-alone', redirect_uris: [`${issuer}/cb`] }],
  cookies: { keys: [randomUUID()] },
  claims: { openid: ['sub'], amr: null, auth_time: null },
  ...(withSecond ? { acrValues: ['urn:example:mfa'] } : {}),
  features: { devInteractions: { enabled: false }, claimsParameter: { enabled: true } },
  pkce: { required: () => false },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope('openid');
    await grant.save();
    return grant;
  },
});

const sessions = new Set();
const halfway = new Map();

const cookie = (request, name) =>
  (request.headers.cookie ?? '').split('; ').find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);

function show(response, status, html) {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`<!doctype html>${html}`);
}

function lead(response, to, headers = {}) {
  response.writeHead(303, { location: to, ...headers });
  response.end();
}

async function fields(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return new URLSearchParams(Buffer.concat(parts).toString());
}

const passwordPage = (uid, csrf) => `<title>Sign in</title><form method="post" action="/interaction/${uid}">
  <input type="hidden" name="csrf" value="${csrf}"><input name="login" autocomplete="username">
  <input type="password" name="password"><button type="submit">Sign in</button></form>`;
const codePage = (uid) => `<title>Code</title><form method="post" action="/interaction/${uid}/code">
  <input name="code" inputmode="numeric" autocomplete="one-time-code"><button>Go on</button></form>`;

const tokens = new Map();

async function interaction(request, response, url) {
  const { uid } = await provider.interactionDetails(request, response);
  const finish = (amr) =>
    provider.interactionFinished(request, response, { login: { accountId: 'examiner', amr } }, { mergeWithLastSubmission: false });
  if (request.method === 'GET') {
    const csrf = randomUUID();
    tokens.set(uid, csrf);
    return show(response, 200, passwordPage(uid, csrf));
  }
  const sent = await fields(request);
  if (url.pathname.endsWith('/code')) {
    const isRight = halfway.get(uid) && sent.get('code') === '424242';
    return isRight ? finish(['pwd', 'otp']) : show(response, 401, codePage(uid));
  }
  const isRight = sent.get('csrf') === tokens.get(uid) && sent.get('login') === process.env.PEER_USER &&
    sent.get('password') === process.env.PEER_PASSWORD;
  if (!isRight) return show(response, 200, passwordPage(uid, tokens.get(uid)));
  if (!withSecond) return finish(['pwd']);
  halfway.set(uid, true);
  return show(response, 200, codePage(uid));
}

// The code is exchanged by the portal itself, as behind a browser's back.
function exchange(code) {
  const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: `${issuer}/cb` }).toString();
  const authorization = `Basic ${Buffer.from('portal:of-this-test-alone').toString('base64')}`;
  return new Promise((resolve, reject) => {
    const request = https.request(`${issuer}/token`, {
      method: 'POST', ca, headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    }, async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      resolve(JSON.parse(Buffer.concat(parts).toString()));
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function portal(request, response, url) {
  if (url.pathname === '/') return show(response, 200, '<title>Portal</title><a href="/chart">sign in</a>');
  if (url.pathname === '/chart') {
    if (sessions.has(cookie(request, 'portal'))) return show(response, 200, '<title>Chart</title>');
    const claims = JSON.stringify({ id_token: { amr: null, auth_time: { essential: true } } });
    const asked = { client_id: 'portal', response_type: 'code', scope: 'openid', redirect_uri: `${issuer}/cb`, claims };
    return lead(response, `/auth?${new URLSearchParams(asked)}`);
  }
  const answer = await exchange(url.searchParams.get('code'));
  if (!answer.id_token) return show(response, 400, '<title>No</title>');
  writeFileSync(tokenFile, answer.id_token);
  const session = randomUUID();
  sessions.add(session);
  return lead(response, '/chart', { 'set-cookie': `portal=${session}; Path=/; Secure; HttpOnly; SameSite=Lax` });
}

const answer = provider.callback();
https.createServer({ key, cert }, async (request, response) => {
  const url = new URL(request.url, issuer);
  try {
    if (url.pathname.startsWith('/interaction/')) return await interaction(request, response, url);
    if (['/', '/chart', '/cb'].includes(url.pathname)) return await portal(request, response, url);
    return answer(request, response);
  } catch (error) {
    console.error(error.message);
    return show(response, 500, '<title>Error</title>');
  }
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
