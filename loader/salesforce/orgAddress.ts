// Addresses of Salesforce's hosts: which of them serve the API, and what people copy from a browser instead.

/** Domains that Salesforce alone has: production and sandboxes, pages, the US defence cloud, and China. */
const SALESFORCE_DOMAINS: readonly string[] = [
  'salesforce.com',
  'force.com',
  'cloudforce.com',
  'salesforce-setup.com',
  'salesforce.mil',
  'salesforce-setup.mil',
  'crmforce.mil',
  'sfcrmproducts.cn',
]

/** Login hosts that all orgs share. */
export const GENERAL_LOGIN_HOSTS: readonly string[] = ['login.salesforce.com', 'test.salesforce.com']

export const isSalesforceHost = (hostname: string): boolean =>
  SALESFORCE_DOMAINS.some(domain => hostname === domain || hostname.endsWith(`.${domain}`))

/** The host of a `Location` header, for messages. */
export const locationHost = (location: string): string =>
  URL.canParse(location) && new URL(location).host !== '' ? new URL(location).host : 'another path'

/** What people copy from a browser instead of the My Domain, and the host that serves the API of the same org. */
const BROWSER_HOSTS: readonly (readonly [suffix: string, api: string])[] = [
  ['.lightning.force.com', '.my.salesforce.com'],
  ['.my.salesforce-setup.com', '.my.salesforce.com'],
  ['.lightning.crmforce.mil', '.my.salesforce.mil'],
  ['.my.salesforce-setup.mil', '.my.salesforce.mil'],
]

/** Hosts of Salesforce that serve no API of an org: its own pages, Visualforce, files, sites. */
const PAGE_HOSTS =
  /^(www\.|status\.|help\.|developer\.|trailhead\.)?salesforce\.com$|\.(vf|file|builder)\.force\.com$|\.my\.(site|salesforce-sites)\.com$/

const EXAMPLE = 'like https://acme.my.salesforce.com'

export type OrgAddress = { readonly origin: string } | { readonly problem: string }

/**
 * The address of an org's API, from what people write: without a scheme, with the path of a page, or of the Lightning pages or the setup of the org. The
 * problem completes a sentence about the value.
 */
export function orgAddress(written: string): OrgAddress {
  const given = written.trim()
  const withScheme =
    /^[a-z][a-z0-9+.-]*:\/\//i.test(given) || !isSalesforceHost(bareHost(given)) ? given : `https://${given}`
  if (!URL.canParse(withScheme) || !/^https?:\/\//i.test(withScheme)) {
    return { problem: `is not a valid URL; give one with https://, ${EXAMPLE}` }
  }
  const url = new URL(withScheme)
  if (url.username !== '' || url.password !== '') {
    return { problem: `must not contain a user or password; give the URL alone, ${EXAMPLE}` }
  }
  const browser = BROWSER_HOSTS.find(([suffix]) => url.hostname.endsWith(suffix))
  if (browser) return { origin: `https://${url.hostname.slice(0, -browser[0].length)}${browser[1]}` }
  if (PAGE_HOSTS.test(url.hostname)) {
    return { problem: `is a host of pages, not of an org's API; give the My Domain (Setup > My Domain), ${EXAMPLE}` }
  }
  if (isSalesforceHost(url.hostname)) return { origin: `https://${url.hostname}` }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    return { problem: `must not have a path; give the URL alone, ${EXAMPLE}` }
  }
  return { origin: url.origin }
}

/** The host of an address without a scheme; empty when there is none. */
function bareHost(given: string): string {
  const [host = ''] = given.split(/[/?#:]/, 1)
  return host.toLowerCase()
}
