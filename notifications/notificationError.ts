import { LinkError } from '../packages/client/contract/linkError.ts'

/** Thrown when a notification was not sent. The next attempt, or the next run of the sync, sends it again. */
export class NotificationError extends LinkError {
  override readonly name = 'NotificationError' as const
  readonly kind = 'transient' as const
  readonly channel: string

  /** @param channel `webhook`, `email` @param to host only: the URL of a webhook is a secret */
  constructor(channel: string, to: string, reason: string, advice: string, cause?: unknown) {
    super(
      `Notification by ${channel} to ${to} failed: ${reason}. ${advice}`,
      cause === undefined ? undefined : { cause },
    )
    this.channel = channel
  }
}
