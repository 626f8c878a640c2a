import { createHmac } from 'node:crypto'
import type { HttpRoutes } from '../loader/http/agents.ts'
import { readText } from '../loader/http/body.ts'
import type { Secret } from '../loader/http/secret.ts'
import { sendHttp } from '../loader/http/send.ts'
import type { Notification } from './notification.ts'
import { NotificationError } from './notificationError.ts'

export type WebhookSettings = {
  /** With its path a secret: whoever knows it may post. */
  readonly url: Secret
  /** Signs the body, for a receiver that has it too. */
  readonly secret?: Secret
}

/** Milliseconds that a receiver may take. */
const WEBHOOK_TIMEOUT = 10_000

/** `x-sflink-signature: sha256=<hex>`: HMAC-SHA256 of the body's bytes. */
const SIGNATURE_HEADER = 'x-sflink-signature'

/**
 * Posts a notification as JSON.
 * Throws NotificationError unless the receiver answers with 2xx.
 */
export async function postWebhook(
  { url: address, secret }: WebhookSettings,
  routes: HttpRoutes,
  notification: Notification,
): Promise<void> {
  const url = new URL(address.reveal())
  const body = JSON.stringify(notification)
  const signature = secret && createHmac('sha256', secret.reveal()).update(body).digest('hex')
  const headers = {
    'content-type': 'application/json',
    ...(signature !== undefined && { [SIGNATURE_HEADER]: `sha256=${signature}` }),
  }
  const signal = AbortSignal.timeout(WEBHOOK_TIMEOUT)
  const status = await post().catch((error: unknown) => {
    const timedOut = signal.aborted ? `no answer within ${WEBHOOK_TIMEOUT / 1000} s` : undefined
    const reason = timedOut ?? (error instanceof Error ? error.message : String(error))
    throw new NotificationError('webhook', url.host, reason, 'Check notifications.webhook.url and the way there', error)
  })
  if (status >= 200 && status < 300) return
  throw new NotificationError(
    'webhook',
    url.host,
    `it answered ${status}`,
    'Check notifications.webhook.url and secret',
  )

  async function post(): Promise<number> {
    const answer = await sendHttp(routes, { method: 'POST', url, headers, body, signal })
    // What it says is of no interest, but its socket is to be free again.
    await readText(answer)
    return answer.statusCode ?? 0
  }
}
