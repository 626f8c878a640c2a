import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { Notification } from '../../../notifications/notification.ts'
import { listening } from '../../rig/listening.ts'

type Received = {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly notification: Notification
}

export type WebhookReceiver = {
  readonly url: string
  readonly received: Received[]
  /** Statuses of the next answers; 200 afterwards. */
  readonly answers: number[]
  close(): Promise<void>
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: Received[] = []
  const answers: number[] = []
  const server = createServer(async (request, answer) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const body = Buffer.concat(parts).toString()
    received.push({ headers: request.headers, body, notification: JSON.parse(body) })
    answer.writeHead(answers.shift() ?? 200).end('ok')
  })
  const { url, close } = await listening(server)
  return { url: `${url}/services/T000/hook-secret`, received, answers, close }
}

export type MailServer = { readonly port: number; readonly mails: string[]; close(): Promise<void> }

/** Takes mails of anyone who logs in as `loader`. */
export async function startMailServer(password: string): Promise<MailServer> {
  const mails: string[] = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: false,
    onAuth: ({ username, password: given }, _session, done) =>
      username === 'loader' && given === password ? done(null, { user: username }) : done(new Error('Invalid login')),
    onData: (stream, _session, done) => {
      const parts: Buffer[] = []
      stream.on('data', part => parts.push(part))
      stream.on('end', () => {
        mails.push(Buffer.concat(parts).toString())
        done()
      })
    },
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return { port, mails, close: () => new Promise(resolve => server.close(() => resolve())) }
}
