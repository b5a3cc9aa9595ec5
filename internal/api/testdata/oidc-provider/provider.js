// Two providers of OpenID Connect for tests, made by the certified package oidc-provider, with its own pages for sign-in and consent. They differ in where the e-mail
// is said: in the userinfo, as the specification has it, or in the ID token.
//
// It takes the redirect URI, writes the issuers as a line of JSON, and ends with its standard input. POST /accounts sets what the providers know of an account.
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

const redirect = process.argv[2]
const accounts = new Map()

async function start(conformIdTokenClaims) {
  const server = createServer()
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  const issuer = `http://localhost:${server.address().port}`
  const client = { redirect_uris: [redirect], grant_types: ['authorization_code'], response_types: ['code'] }
  const provider = new Provider(issuer, {
    clients: [
      { ...client, client_id: 'tallystick', client_secret: 'first: secret/+%' },
      { ...client, client_id: 'another', client_secret: 'second secret' },
      { ...client, client_id: 'public', token_endpoint_auth_method: 'none' },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    findAccount: (ctx, id) => accounts.has(id) && { accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) },
    conformIdTokenClaims,
    pkce: { required: () => true },
    cookies: { keys: ['not a secret'] },
    ttl: { IdToken: 300, AuthorizationCode: 60, AccessToken: 60, Interaction: 600, Session: 600, Grant: 600 },
  })
  const answer = provider.callback()
  server.on('request', (request, response) => {
    if (request.method !== 'POST' || request.url !== '/accounts') {
      return answer(request, response)
    }
    let body = ''
    request.on('data', (part) => { body += part })
    request.on('end', () => {
      for (const [id, claims] of Object.entries(JSON.parse(body))) {
        accounts.set(id, claims)
      }
      response.end()
    })
  })
  return issuer
}

console.log(JSON.stringify({ userinfo: await start(true), idToken: await start(false) }))
process.stdin.on('end', () => process.exit()).resume()
