import { writtenDuration } from '../../packages/client/contract/duration.ts'
import type { SyncSpec } from '../../packages/client/contract/syncSpec.ts'

/**
 * What is wrong with a wait that ends while a request may still be in progress: its records could be written twice. 0, for development, does not
 * wait at all.
 * @param requestTimeout milliseconds that one request of the connection may take
 */
export function lostAnswerWaitProblem(
  { connection, resend: { lostAnswerWait } }: Pick<SyncSpec, 'connection' | 'resend'>,
  requestTimeout: number,
): string | undefined {
  if (lostAnswerWait === 0 || lostAnswerWait >= requestTimeout) return undefined
  const [wait, timeout] = [lostAnswerWait, requestTimeout].map(writtenDuration)
  return (
    `lostAnswerWait ${wait} is shorter than ${timeout}, the requestTimeout of the connection ${connection}: records of a request that is still in progress ` +
    `could be written twice. Set resend.lostAnswerWait to ${timeout} or longer, or the requestTimeout to ${wait} or shorter`
  )
}
