import { createHmac } from 'node:crypto'
import type { HttpRoutes } from '../loader/http/agents.ts'
import { readText } from '../loader/http/body.ts'
import type { Secret } from '../loader/http/secret.ts'
import { sendHttp } from '../loader/http/send.ts'
import { visibleText } from '../packages/client/contract/visibleText.ts'
import { type Notification, NotificationError } from './notification.ts'

export type WebhookSettings = {
  /** A secret, because anyone who knows the URL can post to it. */
  readonly url: Secret
  /** Signs the body; the receiver verifies the signature with the same secret. */
  readonly secret?: Secret
}

/** Bytes of a receiver's answer, which is read and ignored. */
const LARGEST_ANSWER = 16 * 1024 * 1024

/** Milliseconds until a receiver must have answered. */
const WEBHOOK_TIMEOUT = 10_000

/** `x-sflink-signature: sha256=<hex>`: HMAC-SHA256 of the body's bytes. */
const SIGNATURE_HEADER = 'x-sflink-signature'

/** Slack reads `<!channel>` and `<https://…|text>` in a text as commands: https://docs.slack.dev/messaging/formatting-message-text */
function slackText(text: string): string {
  return visibleText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

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
  const body = JSON.stringify({ ...notification, text: slackText(notification.text) })
  const signature = secret && createHmac('sha256', secret.reveal()).update(body).digest('hex')
  const headers = {
    'content-type': 'application/json',
    ...(signature !== undefined && { [SIGNATURE_HEADER]: `sha256=${signature}` }),
  }
  const signal = AbortSignal.timeout(WEBHOOK_TIMEOUT)
  const status = await post().catch((error: unknown) => {
    const timedOut = signal.aborted ? `no answer within ${WEBHOOK_TIMEOUT / 1000} s` : undefined
    const reason = timedOut ?? (error instanceof Error ? error.message : String(error))
    throw new NotificationError('webhook', url.host, reason, 'Check notifications.webhook.url and the network', error)
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
    // Reading the body frees the socket; its content does not matter.
    await readText(answer, LARGEST_ANSWER)
    return answer.statusCode ?? 0
  }
}
