import { Secret } from '../loader/http/secret.ts'
import type { NotificationSettings } from '../notifications/notifier.ts'
import type { Problem } from '../packages/client/contract/issues.ts'
import { didYouMean } from '../packages/client/contract/nearestName.ts'
import type { WrittenNotifications } from './notificationsSchema.ts'

/** The settings for a sync; undefined when no one is notified. */
export type NotificationRules = (sync: string | undefined) => NotificationSettings | undefined

export function notificationRules(written: WrittenNotifications | undefined): NotificationRules {
  if (written === undefined) return () => undefined
  const { syncs = {}, ...general } = written
  return sync => {
    const own = sync !== undefined && Object.hasOwn(syncs, sync) ? syncs[sync] : undefined
    if (own === 'off') return undefined
    const webhook = own?.webhook ?? general.webhook
    const email = general.email && { ...general.email, ...own?.email }
    const share = own?.rejectedShare ?? general.rejectedShare
    if (webhook === undefined && email === undefined) return undefined
    return {
      ...(webhook && { webhook: webhookSettings(webhook) }),
      ...(email && { email: { smtp: new Secret(email.smtp), from: email.from, to: [email.to].flat() } }),
      ...(share !== undefined && { rejectedShare: Number(share.slice(0, -1)) / 100 }),
      ...(general.temporalUi !== undefined && { temporalUi: general.temporalUi }),
    }
  }
}

/** Problems of notifications of the right shape. */
export function notificationProblems(
  written: WrittenNotifications | undefined,
  syncNames: readonly string[],
): readonly Problem[] {
  if (written === undefined) return []
  const { syncs = {}, webhook, email } = written
  const unknown = Object.keys(syncs).filter(name => !syncNames.includes(name))
  const unnamed = unknown.map(name => ({
    path: ['notifications', 'syncs'],
    key: name,
    message: `'${name}' is not under syncs; use one of ${syncNames.join(', ')}${didYouMean(name, syncNames)}`,
  }))
  const withoutServer = Object.entries(syncs).filter(([, own]) => own !== 'off' && own.email && email === undefined)
  const nameless = withoutServer.map(([name]) => ({
    path: ['notifications', 'syncs', name],
    key: 'email',
    message: 'email needs a mail server; set notifications.email with smtp, from and to',
  }))
  const own = Object.values(syncs).some(rule => rule !== 'off' && rule.webhook !== undefined)
  const reachesNoOne = webhook === undefined && email === undefined && !own
  const idle = { path: [], key: 'notifications', message: 'notifications reach no one; set webhook or email' }
  return [...unnamed, ...nameless, ...(reachesNoOne ? [idle] : [])]
}

function webhookSettings({ url, secret }: NonNullable<WrittenNotifications['webhook']>) {
  return { url: new Secret(url), ...(secret !== undefined && { secret: new Secret(secret) }) }
}
