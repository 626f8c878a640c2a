// Addresses of Salesforce's hosts: which of them serve the API, and what people copy from a browser instead.

/** Domains that Salesforce alone has: production and sandboxes, pages, the US defence cloud, and China. */
const SALESFORCE_DOMAINS: readonly string[] = [
  'salesforce.com',
  'force.com',
  'cloudforce.com',
  'salesforce.mil',
  'sfcrmproducts.cn',
]

/** Login hosts that all orgs share. */
export const GENERAL_LOGIN_HOSTS: readonly string[] = ['login.salesforce.com', 'test.salesforce.com']

export const isSalesforceHost = (hostname: string): boolean =>
  SALESFORCE_DOMAINS.some(domain => hostname === domain || hostname.endsWith(`.${domain}`))

/** The host of a `Location` header, for messages. */
export const locationHost = (location: string): string =>
  URL.canParse(location) && new URL(location).host !== '' ? new URL(location).host : 'another path'
