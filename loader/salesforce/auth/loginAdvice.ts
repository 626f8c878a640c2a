// What to do about each rejection of the token endpoint.

type Advice = {
  readonly error?: string
  readonly description?: RegExp
  readonly flow?: string
  readonly advice: string
}

const RUN_AS = 'Let an admin enter a "Run As" user in the client credentials policy of the app'
const APPROVE = 'Let an admin approve the app for this user by a permission set or profile'
const ACTIVATE = 'Let an admin activate the user, or give another one'
const CONSUMER_SECRET = "Check clientSecret: it is the app's Consumer Secret"
const INSTALL =
  'Let an admin install the app in this org (Setup > Connected Apps OAuth Usage), or create an External Client App in it: ' +
  'an app of another org that is not installed is blocked'
const ROTATED =
  'The refresh token was revoked, has expired, or was replaced. With refresh token rotation each use replaces it, so only the workers of one run store ' +
  'may use it: authorise the app again, and give its new refreshToken to them alone; or let an admin turn rotation off in the policies of the app'

/**
 * The first matching row applies, so descriptions come before bare errors.
 * @see https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flow_errors.htm
 */
const ADVICE: readonly Advice[] = [
  { description: /installed into/i, advice: INSTALL },
  { description: /expired access\/refresh token|refresh token/i, advice: ROTATED },
  {
    description: /hasn't approved this consumer/,
    advice: 'Let an admin pre-authorise the app for this user (policy "Admin approved users", with a permission set)',
  },
  {
    error: 'app_not_found',
    advice:
      "Set loginUrl to the org's My Domain, like https://acme.my.salesforce.com: External Client Apps accept no other audience. If it is the My Domain, check " +
      'clientId: it is the Consumer Key of an app of this org, and new apps take 10 minutes to become available',
  },
  {
    description: /audience/i,
    advice:
      "Set loginUrl to the org's My Domain, like https://acme.my.salesforce.com, and leave auth.audience out: the My Domain is the audience",
  },
  {
    description: /invalid assertion/,
    advice: "Check that privateKey belongs to the certificate uploaded to the app, and this machine's clock",
  },
  { description: /no client credentials user|run.as user/i, advice: RUN_AS },
  {
    description: /api.only/i,
    advice: 'Let an admin give the "Run As" user of the app the permission "API Only User"',
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
    description: /ip restricted|restricted ip|ip address/i,
    advice:
      'Let an admin trust the address of this machine (login IP ranges of the profile, network access), or relax the IP policy of the app',
  },
  {
    description: /frozen/i,
    advice:
      'Let an admin unfreeze the user (Setup > Users > Unfreeze), and read its Login History: Salesforce freezes users that log in from addresses of high risk',
  },
  {
    description: /user is locked|locked out/i,
    advice: 'Let an admin unlock the user, and correct the password before the next run',
  },
  { description: /inactive user|user is inactive/i, advice: ACTIVATE },
  { description: /not admin approved/, advice: APPROVE },
  {
    description: /blocked by admin|app is blocked/i,
    advice: 'Let an admin unblock the app (Setup > Connected Apps OAuth Usage)',
  },
  { error: 'invalid_app_access', advice: APPROVE },
  {
    error: 'invalid_client_id',
    advice:
      "Check clientId: it is the app's Consumer Key in this org (a refreshed sandbox has another), and new apps take 10 minutes to become available",
  },
  { error: 'invalid_client', advice: CONSUMER_SECRET },
  { error: 'invalid_client_credentials', advice: CONSUMER_SECRET },
  {
    error: 'unsupported_grant_type',
    advice: 'Let an admin enable this flow for the app and the org, or choose another auth.flow',
  },
  { error: 'inactive_user', advice: ACTIVATE },
  { error: 'inactive_org', advice: 'The org is locked, closed or suspended: check loginUrl, or ask Salesforce' },
  { description: /\borg(anization)? (is )?locked/i, advice: 'The org is locked: check loginUrl, or ask Salesforce' },
  { error: 'invalid_grant', flow: 'refresh_token', advice: ROTATED },
  {
    error: 'invalid_grant',
    advice:
      "Check user, password, security token and loginUrl; the org's Login History has details (it also names a blocked flow). " +
      'Do not just run it again: repeated failures lock the user',
  },
]

const GENERAL_ADVICE = "Check the connection's auth settings against the app; the org's Login History has details"

export type TokenError = { readonly error: string; readonly description: string; readonly flow: string }

/** What the user should do about a rejected login. */
export function loginAdvice({ error, description, flow }: TokenError): string {
  const row = ADVICE.find(
    row =>
      (row.error === undefined || row.error === error) &&
      (row.flow === undefined || row.flow === flow) &&
      (row.description === undefined || row.description.test(description)),
  )
  return row?.advice ?? GENERAL_ADVICE
}
