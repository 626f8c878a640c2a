/** Thrown when a notification could not be handed over. Whoever is to be told does not know yet. */
export class NotificationError extends Error {
  override readonly name = 'NotificationError' as const
  readonly channel: string

  /** @param channel `webhook`, `email` @param to host only: addresses of webhooks are secrets */
  constructor(channel: string, to: string, reason: string, advice: string, cause?: unknown) {
    super(
      `Notification by ${channel} to ${to} failed: ${reason}. ${advice}`,
      cause === undefined ? undefined : { cause },
    )
    this.channel = channel
  }
}
