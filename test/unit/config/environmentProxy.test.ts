import { expect, test } from 'vitest'
import { environmentProxy } from '../../../config/environmentProxy.ts'

const PROXY = 'http://proxy.acme.com:3128'
const direct = (url: string, list: string): boolean =>
  environmentProxy(new URL(url), { https_proxy: PROXY, http_proxy: PROXY, no_proxy: list }) === undefined

// As curl answers: https://curl.se/docs/manpage.html#NOPROXY
test.each([
  ['*', 'https://acme.my.salesforce.com', true],
  [' * ', 'https://acme.my.salesforce.com', true],
  ['other.com,*', 'https://acme.my.salesforce.com', true],
  ['', 'https://acme.my.salesforce.com', false],
  [' , ,', 'https://acme.my.salesforce.com', false],
  ['salesforce.com', 'https://acme.my.salesforce.com', true],
  ['salesforce.com', 'https://salesforce.com', true],
  ['.salesforce.com', 'https://acme.my.salesforce.com', true],
  ['.salesforce.com', 'https://salesforce.com', true],
  ['*.salesforce.com', 'https://acme.my.salesforce.com', true],
  ['SalesForce.COM', 'https://acme.my.salesforce.com', true],
  ['salesforce.com.', 'https://acme.my.salesforce.com', true],
  ['salesforce.com', 'https://acme.my.salesforce.com.', true],
  ['salesforce.com', 'https://notsalesforce.com', false],
  ['salesforce', 'https://acme.my.salesforce.com', false],
  ['my.salesforce.com', 'https://login.salesforce.com', false],
  ['a.com, salesforce.com', 'https://acme.my.salesforce.com', true],
  ['a.com salesforce.com\tb.com', 'https://acme.my.salesforce.com', true],
  ['a.com,,salesforce.com', 'https://acme.my.salesforce.com', true],
  ['acme.com:8443', 'https://acme.com:8443', true],
  ['acme.com:8443', 'https://acme.com', false],
  ['acme.com:443', 'https://acme.com', true],
  ['acme.com:80', 'http://acme.com', true],
  ['acme.com', 'https://acme.com:8443', true],
  ['10.1.2.3', 'https://10.1.2.3', true],
  ['10.1.2.3:8443', 'https://10.1.2.3:8443', true],
  ['0.1.2.3', 'https://10.1.2.3', false],
  ['2.3', 'https://10.1.2.3', false],
  ['10.0.0.0/8', 'https://10.1.2.3', true],
  ['10.0.0.0/8', 'https://11.1.2.3', false],
  ['10.0.0.0/99', 'https://10.0.0.0', false],
  ['10.0.0.0/x', 'https://10.0.0.0', false],
  ['192.168.1.0/0', 'https://10.1.2.3', true],
  ['10.0.0.0/8', 'https://ten.example', false],
  ['::1', 'https://[::1]', true],
  ['[::1]', 'https://[::1]', true],
  ['[::1]:8443', 'https://[::1]:8443', true],
  ['[::1]:8443', 'https://[::1]', false],
  ['0:0:0:0:0:0:0:1', 'https://[::1]', true],
  ['fd00::/8', 'https://[fd12::5]', true],
  ['fd00::/8', 'https://[fe80::5]', false],
])('no_proxy "%s" lets %s go without the proxy: %s', (list, url, expected) => {
  expect(direct(url, list)).toBe(expected)
})

test.each([
  [{ https_proxy: 'http://low:1', HTTPS_PROXY: 'http://up:1' }, 'https://acme.com', 'http://low:1'],
  [{ HTTPS_PROXY: 'http://up:1' }, 'https://acme.com', 'http://up:1'],
  [{ https_proxy: '', ALL_PROXY: 'http://all:1' }, 'https://acme.com', 'http://all:1'],
  [{ http_proxy: 'http://plain:1' }, 'https://acme.com', undefined],
  [{ http_proxy: 'http://plain:1' }, 'http://acme.com', 'http://plain:1'],
  [{ https_proxy: 'proxy.acme.com:3128' }, 'https://acme.com', PROXY],
  [{ https_proxy: PROXY, NO_PROXY: 'acme.com' }, 'https://acme.com', undefined],
  [{}, 'https://acme.com', undefined],
] as const)('%j gives %s the proxy %s', (environment, url, proxy) => {
  expect(environmentProxy(new URL(url), environment)).toBe(proxy)
})
