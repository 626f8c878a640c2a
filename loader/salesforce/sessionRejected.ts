import { withoutSecrets } from '../http/secret.ts'
import type { Session } from './auth/authFlow.ts'
import { bindFlow } from './auth/flows.ts'
import { LoginRejectedError } from './errors.ts'
import { isRecord, parseJson } from './json.ts'
import type { Rejected } from './rejections.ts'
import type { ConnectionSettings } from './settings.ts'

/** 401s that a fresh token does not mend: the app or the user is not let in at all. */
const LASTING = [/Connected app is not attached to Agent/, /not valid for use with the REST API/, /INVALID_HEADER_TYPE/]

/** Whether a 401 says that the session ran out, rather than that it will never do. */
export const sessionRenewable = (rejected: Rejected): boolean => !LASTING.some(words => words.test(rejected.text))

/** The error for a session that the org does not accept although it was just opened. */
export function sessionRejected(
  settings: ConnectionSettings,
  session: Session,
  rejected: Rejected,
): LoginRejectedError {
  const body = parseJson(rejected.text)
  const told = Array.isArray(body) && isRecord(body[0]) ? body[0] : {}
  const secrets = [session.accessToken, ...bindFlow(settings.auth).secrets]
  return new LoginRejectedError({
    connection: settings.name,
    flow: settings.auth.flow,
    host: new URL(session.instanceUrl).host,
    statusCode: rejected.statusCode,
    errorCode: withoutSecrets(String(told['errorCode'] ?? `HTTP_${rejected.statusCode}`), secrets),
    detail: withoutSecrets(String(told['message'] ?? 'the session just opened is not accepted'), secrets),
    advice: "Let an admin check that the user has 'API Enabled', and the session and IP policies of the app",
  })
}
