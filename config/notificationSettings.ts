import { Secret } from '../loader/http/secret.ts'
import type { NotificationSettings } from '../notifications/notifier.ts'
import { didYouMean } from '../packages/client/contract/nearestName.ts'
import type { WrittenNotifications } from './notificationsSchema.ts'

/** What is to be done for a sync, by its name; undefined for nothing. */
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

type NotificationFault = { readonly path: readonly string[]; readonly message: string; readonly atKey: boolean }

/** What is wrong with notifications that have the right shape. */
export function notificationFaults(
  written: WrittenNotifications | undefined,
  syncNames: readonly string[],
): readonly NotificationFault[] {
  if (written === undefined) return []
  const { syncs = {}, webhook, email } = written
  const unknown = Object.keys(syncs).filter(name => !syncNames.includes(name))
  const faults = unknown.map(name => ({
    path: ['notifications', 'syncs', name],
    message: `is not under syncs; use one of ${syncNames.join(', ')}${didYouMean(name, syncNames)}`,
    atKey: true,
  }))
  const withoutServer = Object.entries(syncs).filter(([, own]) => own !== 'off' && own.email && email === undefined)
  const nameless = withoutServer.map(([name]) => ({
    path: ['notifications', 'syncs', name, 'email'],
    message: 'there is no mail server to send by; give notifications.email with smtp, from and to',
    atKey: true,
  }))
  const own = Object.values(syncs).some(rule => rule !== 'off' && rule.webhook !== undefined)
  const reachesNobody = webhook === undefined && email === undefined && !own
  const idle = { path: ['notifications'], message: 'nobody is told; give webhook or email', atKey: true }
  return [...faults, ...nameless, ...(reachesNobody ? [idle] : [])]
}

function webhookSettings({ url, secret }: NonNullable<WrittenNotifications['webhook']>) {
  return { url: new Secret(url), ...(secret !== undefined && { secret: new Secret(secret) }) }
}
