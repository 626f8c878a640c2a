/** The headers of every recorded answer. */
export function standardHeaders(now: number): Readonly<Record<string, string | string[]>> {
  const inOneYear = new Date(now + 365 * 24 * 3_600_000).toUTCString()
  const cookie = `BrowserId=5f0emulatorEmulatorOrg; domain=.salesforce.com; path=/; expires=${inOneYear}; Max-Age=31536000`
  return {
    date: new Date(now).toUTCString(),
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-xss-protection': '1; mode=block',
    'x-robots-tag': 'none',
    'cache-control': 'no-cache,must-revalidate,max-age=0,no-store,private',
    'set-cookie': [cookie, `${cookie.replace('BrowserId=', 'BrowserId_sec=')}; secure; SameSite=None`],
    'content-type': 'application/json;charset=UTF-8',
    vary: 'Accept-Encoding',
  }
}
