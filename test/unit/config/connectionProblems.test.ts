// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
import { expect } from 'vitest'
import { PRODUCTION, test } from './configTest.ts'

test.for<readonly [string, string, string | RegExp]>([
  [
    'an unknown key of a connection',
    PRODUCTION.replace('loginUrl', 'loginURI'),
    'sflink.yaml:3:5 connections.production: unknown key "loginURI"; allowed: loginUrl, instanceUrl, apiVersion, auth, proxy, requestTimeout, stallTimeout, budget, maxConcurrentRequests; did you mean "loginUrl"?',
  ],
  [
    'a budget without an ingest job',
    PRODUCTION.replace('    auth', '    budget: { ingestJobs: 0 }\n    auth'),
    'sflink.yaml:4:27 connections.production.budget.ingestJobs: must be a whole number from 1 to 100; given 0',
  ],
  [
    'a reserve without its sign',
    PRODUCTION.replace('    auth', '    budget: { apiReserve: 20 }\n    auth'),
    'sflink.yaml:4:27 connections.production.budget.apiReserve: must be a percentage with its sign, like 20%; given 20',
  ],
  [
    'a reserve of more than everything',
    PRODUCTION.replace('    auth', '    budget: { apiReserve: 120% }\n    auth'),
    'sflink.yaml:4:27 connections.production.budget.apiReserve: is not a valid percentage; give one like 20%; given "120%"',
  ],
  [
    'a reserve of everything',
    PRODUCTION.replace('    auth', '    budget: { apiReserve: 100% }\n    auth'),
    'sflink.yaml:4:27 connections.production.budget.apiReserve: leaves runs no API call; give less than 100%; given "100%"',
  ],
  [
    'an unknown flow',
    PRODUCTION.replace('client_credentials', 'oauth'),
    'sflink.yaml:4:19 connections.production.auth.flow: expected one of client_credentials, jwt_bearer, refresh_token, password, access_token',
  ],
  [
    'no flow',
    PRODUCTION.replace('flow: client_credentials, ', ''),
    'sflink.yaml:4:5 connections.production.auth.flow: is missing: expected one of client_credentials, jwt_bearer, refresh_token, password, access_token',
  ],
  [
    'a connection without auth',
    'connections:\n  a:\n    loginUrl: https://acme.my.salesforce.com\n',
    'sflink.yaml:2:3 connections.a.auth: is missing: expected a mapping such as { flow: client_credentials, clientId: "${SF_CLIENT_ID}", clientSecret: "${SF_CLIENT_SECRET}" }',
  ],
  [
    'a variable that is not set',
    PRODUCTION.replace('SF_CLIENT_ID', 'SF_CLIENT_IDENT'),
    'sflink.yaml:4:49 connections.production.auth.clientId: the environment variable SF_CLIENT_IDENT is not set; set it for this process or in .env beside this file, or write $${SF_CLIENT_IDENT} for the literal text',
  ],
  [
    'a variable that is not set, called like a member of every object',
    PRODUCTION.replace('SF_CLIENT_ID', 'constructor'),
    'sflink.yaml:4:49 connections.production.auth.clientId: the environment variable constructor is not set; set it for this process or in .env beside this file, or write $${constructor} for the literal text',
  ],
  [
    'a variable that is empty',
    PRODUCTION.replace('SF_CLIENT_ID', 'EMPTY'),
    "sflink.yaml:4:49 connections.production.auth.clientId: is empty; give the app's Consumer Key",
  ],
  [
    'a name that is not valid for a variable',
    PRODUCTION.replace('${SF_CLIENT_ID}', '"${SF CLIENT}"'),
    'sflink.yaml:4:49 connections.production.auth.clientId: ${SF CLIENT} is not a valid name of an environment variable; use letters, digits and _ only, or write $${SF CLIENT} for the literal text',
  ],
  [
    "a proxy that is not a URL, with a password that isn't shown",
    PRODUCTION.replace('    auth', '    proxy: "socks5://loader:hush-hush@proxy.acme.com:1080"\n    auth'),
    'sflink.yaml:4:12 connections.production.proxy: is not a valid proxy URL; give the HTTP proxy for requests to the org, like http://user:${PROXY_PASSWORD}@proxy.acme.com:3128, or none; percent-encode special characters of a password',
  ],
  [
    'an address that is not a URL',
    PRODUCTION.replace('https://acme.my.salesforce.com', 'acme'),
    'sflink.yaml:3:15 connections.production.loginUrl: is not a valid URL; give one with https://, like https://acme.my.salesforce.com; given "acme"',
  ],
  [
    'the host of a Visualforce page',
    PRODUCTION.replace('acme.my.salesforce.com', 'acme--c.vf.force.com'),
    'sflink.yaml:3:15 connections.production.loginUrl: is a host of pages, not of an org\'s API; give the My Domain (Setup > My Domain), like https://acme.my.salesforce.com; given "https://acme--c.vf.force.com"',
  ],
  [
    'client credentials at the general login host',
    PRODUCTION.replace('acme.my', 'login'),
    "sflink.yaml:3:15 connections.production.loginUrl: the flow client_credentials requires the org's My Domain; set it, like https://acme.my.salesforce.com",
  ],
  [
    'an access token without its org',
    'connections:\n  a:\n    auth: { flow: access_token, accessToken: 00Dabc }\n',
    'sflink.yaml:2:3 connections.a.instanceUrl: is missing: the flow access_token does not return the URL of the org; set it, like https://acme.my.salesforce.com',
  ],
  [
    'an API version with v',
    PRODUCTION.replace('    auth', '    apiVersion: v67.0\n    auth'),
    'sflink.yaml:4:17 connections.production.apiVersion: is not a valid API version; use latest, or a version like "67.0" without v; given "v67.0"',
  ],
  [
    'a private key given twice',
    'connections:\n  a:\n    auth: { flow: jwt_bearer, clientId: x, username: u, privateKey: a, privateKeyFile: b }\n',
    'sflink.yaml:3:11 connections.a.auth: the flow jwt_bearer requires one private key; give either privateKeyFile or privateKey',
  ],
  [
    'a missing private key file',
    'connections:\n  a:\n    auth: { flow: jwt_bearer, clientId: x, username: u, privateKeyFile: no.pem }\n',
    'sflink.yaml:3:73 connections.a.auth.privateKeyFile: no.pem: the file does not exist; give the PEM file with the private key, relative to sflink.yaml',
  ],
])('%s is reported in one line', async ([, text, expected], { problems }) => {
  const found = await problems(text)
  expect(found).toHaveLength(1)
  if (typeof expected === 'string') expect(found[0]).toBe(expected)
  else expect(found[0]).toMatch(expected)
})

test('a problem never shows a secret, wherever it is', async ({ problems }) => {
  const secret = 'sEcReT-value'
  const mistakes = [
    PRODUCTION.replace('${SF_CLIENT_SECRET}', `[${secret}]`),
    PRODUCTION.replace('${SF_CLIENT_SECRET}', `{ a: ${secret} }`),
    PRODUCTION.replace('clientSecret', 'clientSecrets').replace('${SF_CLIENT_SECRET}', secret),
    PRODUCTION.replace('${SF_CLIENT_SECRET}', `"${secret}`),
    `connections:\n  a:\n    auth: { flow: access_token, accessToken: ${secret}, accessToken: ${secret} }\n`,
    `connections:\n  a:\n    auth: ${secret}\n`,
    PRODUCTION.replace('https://', `https://user:${secret}@`),
    PRODUCTION.replace('https://', `user:${secret}@`),
    ...[
      `user:${secret}@proxy.acme.com:3128`,
      `http:user:${secret}@proxy.acme.com`,
      `https:user:${secret}@proxy.acme.com`,
      secret,
    ].map(proxy => PRODUCTION.replace('    auth', `    proxy: "${proxy}"\n    auth`)),
    PRODUCTION.replace('client_credentials', secret),
    PRODUCTION.replace('${SF_CLIENT_SECRET}', `*${secret}`),
    PRODUCTION.replace('${SF_CLIENT_SECRET}', `&${secret} ${secret}`).replace('clientSecret', 'clientsecret'),
  ]
  for (const text of mistakes) expect((await problems(text)).join('\n')).not.toContain(secret)
})
