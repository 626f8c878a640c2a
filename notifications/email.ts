import { untilAborted } from '../loader/http/deadline.ts'
import { Secret, withoutSecrets } from '../loader/http/secret.ts'
import { visibleText } from '../packages/client/contract/visibleText.ts'
import { type Notification, NotificationError } from './notification.ts'

export type EmailSettings = {
  /** `smtps://user:password@smtp.acme.com`, or `smtp://…:587` with STARTTLS. */
  readonly smtp: Secret
  readonly from: string
  readonly to: readonly string[]
}

/** Milliseconds for each of connecting, the greeting and a part of an answer. */
const SMTP_TIMEOUT = 10_000

/** Milliseconds for the whole exchange: a server may send a part of an answer now and then, without end. */
const SEND_TIMEOUT = 45_000

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** Sends a notification as plain text. Throws NotificationError when the server accepts it for no receiver. */
export async function sendEmail({ smtp, from, to }: EmailSettings, notification: Notification): Promise<void> {
  // Most workers send no e-mail, and need not hold its library in memory.
  const { createTransport } = await import('nodemailer')
  const { protocol, hostname, host, port, username, password } = new URL(smtp.reveal())
  const user = decodeURIComponent(username)
  const pass = decodeURIComponent(password)
  const transport = createTransport({
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(port === '' ? {} : { port: Number(port) }),
    secure: protocol === 'smtps:',
    // A password requires TLS.
    requireTLS: protocol === 'smtp:' && user !== '' && !LOOPBACK.test(hostname),
    ...(user === '' ? {} : { auth: { user, pass } }),
    connectionTimeout: SMTP_TIMEOUT,
    greetingTimeout: SMTP_TIMEOUT,
    socketTimeout: SMTP_TIMEOUT,
  })
  try {
    // A repeated notification has the same id: mail programs show the copies as one.
    const messageId = `<${notification.id}@salesforce-link>`
    const sending = transport.sendMail({
      from,
      to: [...to],
      messageId,
      subject: subjectOf(notification),
      text: textOf(notification),
    })
    await untilAborted(sending, AbortSignal.timeout(SEND_TIMEOUT))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const reason = withoutSecrets(message.replaceAll(/\s+/g, ' '), [smtp, ...secretsOf(pass)])
    throw new NotificationError('email', host, reason, 'Check notifications.email: smtp, from and to')
  } finally {
    transport.close()
  }
}

const secretsOf = (pass: string): readonly Secret[] => (pass === '' ? [] : [new Secret(pass)])

const SUBJECTS: Readonly<Record<Notification['event'], string>> = {
  failing: 'is failing',
  recovered: 'has recovered',
  deletions: 'plans many deletions',
}

function subjectOf({ event, sync, run }: Notification): string {
  const who = sync === undefined ? `Load ${run.runId}` : `Sync ${sync}`
  return visibleText(`${who} ${SUBJECTS[event]}`)
}

function textOf({ text, at, counts, deletions, errors = [], files, run }: Notification): string {
  const lines = [
    text,
    '',
    ...Object.entries({ ...counts, ...deletions }).map(([word, count]) => `${word}: ${count}`),
    ...errors.map(({ errorCode, count, message }) => `${count} × ${errorCode}: ${message}`),
    ...Object.entries(files ?? {}).map(([word, place]) => `${word}: ${place}`),
    `workflow: ${run.workflowId}`,
    `at: ${at}`,
  ]
  return `${visibleText(lines.join('\n'))}\n`
}
