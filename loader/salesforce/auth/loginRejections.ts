type Advice = { readonly error?: string; readonly description?: RegExp; readonly advice: string }

/**
 * What to do about each rejection of the token endpoint. The first matching row applies, so descriptions come before bare errors.
 * @see https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flow_errors.htm
 */
const ADVICE: readonly Advice[] = [
  {
    description: /expired access\/refresh token/,
    advice: 'The refresh token was revoked or has expired: authorise the app again and give its new refreshToken',
  },
  {
    description: /hasn't approved this consumer/,
    advice: 'Let an admin pre-authorise the app for this user (policy "Admin approved users", with a permission set)',
  },
  {
    description: /audience/i,
    advice: 'Set auth.audience to https://login.salesforce.com, or https://test.salesforce.com for a sandbox',
  },
  {
    description: /invalid assertion/,
    advice: "Check that privateKey belongs to the certificate uploaded to the app, and this machine's clock",
  },
  {
    description: /no client credentials user/,
    advice: 'Let an admin enter a "Run As" user in the client credentials policy of the app',
  },
  {
    description: /client credentials flow not enabled/,
    advice: 'Let an admin enable the client credentials flow in the settings of the app',
  },
  {
    description: /not supported on this domain/,
    advice: "Set loginUrl to the org's My Domain, e.g. https://acme.my.salesforce.com",
  },
  {
    description: /ip restricted/,
    advice: 'Let an admin trust the address of this machine, or relax the IP policy of the app',
  },
  {
    description: /user is locked/,
    advice: 'Let an admin unlock the user, and correct the password before the next run',
  },
  { description: /inactive user/, advice: 'Let an admin activate the user, or give another one' },
  {
    description: /not admin approved/,
    advice: 'Let an admin approve the app for this user by a permission set or profile',
  },
  { description: /rate exceeded/, advice: 'Wait an hour: a user may log in 3,600 times an hour' },
  { error: 'invalid_app_access', advice: 'Let an admin approve the app for this user by a permission set or profile' },
  {
    error: 'invalid_client_id',
    advice: "Check clientId: it is the app's Consumer Key, and new apps take 10 minutes to become available",
  },
  { error: 'invalid_client', advice: "Check clientSecret: it is the app's Consumer Secret" },
  { error: 'invalid_client_credentials', advice: "Check clientSecret: it is the app's Consumer Secret" },
  {
    error: 'unsupported_grant_type',
    advice: 'Let an admin enable this flow for the app and the org, or choose another auth.flow',
  },
  { error: 'inactive_user', advice: 'Let an admin activate the user, or give another one' },
  { error: 'inactive_org', advice: 'The org is closed or suspended: check loginUrl, or ask Salesforce' },
  { error: 'rate_limit_exceeded', advice: 'Wait an hour: a user may log in 3,600 times an hour' },
  {
    error: 'invalid_grant',
    advice:
      "Check user, password, security token and loginUrl; the org's Login History has details (it also names a blocked flow). " +
      'Do not just run it again: repeated failures lock the user',
  },
]

const GENERAL_ADVICE = "Check the connection's auth settings against the app; the org's Login History has details"

/** What the user should do about a rejected login. */
export function loginAdvice(error: string, description: string): string {
  const row = ADVICE.find(
    ({ error: code, description: text }) =>
      (code === undefined || code === error) && (text === undefined || text.test(description)),
  )
  return row?.advice ?? GENERAL_ADVICE
}
