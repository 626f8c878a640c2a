// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
// `notifications:` of sflink.yaml.

import { z } from 'zod'
import { Secret } from '../loader/http/secret.ts'
import type { NotificationSettings } from '../notifications/notifier.ts'
import { ADD_GIVEN, type Problem, strictShape } from '../packages/client/contract/issues.ts'
import { didYouMean } from '../packages/client/contract/nearestName.ts'
import { present } from '../packages/client/contract/scalars.ts'
import { secret, share, shareOf, text, wholeNumber } from './schemaWords.ts'

const webhook = strictShape(
  {
    url: secret('the URL to post to').refine(value => isAddress(value, /^https?:$/), {
      message: 'is not a valid URL; give one with https://, best as ${NAME} of an environment variable',
      params: ADD_GIVEN,
    }),
    secret: secret('the key that signs the body').optional(),
  },
  '{ url: "${WEBHOOK_URL}" }',
).describe('Where changes are posted as JSON')

const smtp = secret('the mail server with user and password').refine(value => isAddress(value, /^smtps?:$/), {
  message:
    'is not a valid URL of a mail server; give one like smtps://user:${SMTP_PASSWORD}@smtp.acme.com, or smtp:// with port 587 for STARTTLS; percent-encode special characters',
  params: ADD_GIVEN,
})

const mailbox = text('an e-mail address').regex(
  /^[^\s@<>]+@[^\s@<>]+$|^[^<>\r\n]+<[^\s@<>]+@[^\s@<>]+>$/,
  'is not a valid e-mail address; give one like ops@acme.com',
)

const to = z
  .union([mailbox, z.array(mailbox).min(1, 'is empty; give at least one e-mail address')], {
    error: 'must be an e-mail address or a list of them, like ops@acme.com',
  })
  .describe('the e-mail address of the recipient, or a list of them')

const rejectedShare = share(
  'A run with more than this share of its records rejected or in doubt counts as failing, like 5%',
  '5%',
)

const plannedDeletions = wholeNumber(
  'the number of deletions that a run may plan without a notification, like 100',
  0,
  1_000_000_000,
)

const temporalUi = text("the URL of Temporal's UI, for links").refine(value => isAddress(value, /^https?:$/), {
  message: 'is not a valid URL; give one like https://temporal.acme.com',
  params: ADD_GIVEN,
})

const syncNotifications = strictShape({
  webhook: webhook.optional(),
  email: strictShape({ to }, '{ to: ops@acme.com }').describe('Who gets an e-mail instead').optional(),
  rejectedShare: rejectedShare.optional(),
  plannedDeletions: plannedDeletions.optional(),
})

const MAIL_EXAMPLE = '{ smtp: "${SMTP_URL}", from: sflink@acme.com, to: ops@acme.com }'

export const notificationsSchema = strictShape(
  {
    webhook: webhook.optional(),
    email: strictShape({ smtp, from: mailbox, to }, MAIL_EXAMPLE).describe('Who gets an e-mail').optional(),
    rejectedShare: rejectedShare.optional(),
    plannedDeletions: plannedDeletions.optional(),
    temporalUi: temporalUi.optional(),
    syncs: z
      .record(
        z.string(),
        z.union([z.literal('off'), syncNotifications], {
          error: 'must be off, or a mapping such as { rejectedShare: 5% }',
        }),
        { error: 'expected a mapping such as { contacts: off }' },
      )
      .describe('Overrides by sync; off for no notifications')
      .optional(),
  },
  '{ webhook: { url: "${WEBHOOK_URL}" } }',
).describe('Where to send a notification when a sync starts failing and when it recovers')

type WrittenNotifications = z.output<typeof notificationsSchema>

/** Where notifications about a sync go, by its name; undefined when none are sent. */
export type NotificationRules = (sync: string | undefined) => NotificationSettings | undefined

export function notificationRules(written: WrittenNotifications | undefined): NotificationRules {
  if (written === undefined) return () => undefined
  const { syncs = {}, ...general } = written
  return sync => {
    const own = sync !== undefined && Object.hasOwn(syncs, sync) ? syncs[sync] : undefined
    if (own === 'off') return undefined
    const webhook = own?.webhook ?? general.webhook
    const email = general.email && { ...general.email, ...own?.email }
    const rejectedShare = own?.rejectedShare ?? general.rejectedShare
    if (webhook === undefined && email === undefined) return undefined
    return present({
      webhook: webhook && webhookSettings(webhook),
      email: email && { smtp: new Secret(email.smtp), from: email.from, to: [email.to].flat() },
      rejectedShare: rejectedShare === undefined ? undefined : shareOf(rejectedShare),
      plannedDeletions: own?.plannedDeletions ?? general.plannedDeletions,
      temporalUi: general.temporalUi,
    })
  }
}

/** Problems of notifications that have the right shape. */
export function notificationProblems(
  written: WrittenNotifications | undefined,
  syncNames: readonly string[],
): readonly Problem[] {
  if (written === undefined) return []
  const { syncs = {}, webhook, email } = written
  const unknown = Object.keys(syncs).filter(name => !syncNames.includes(name))
  const misnamed = unknown.map(name => ({
    path: ['notifications', 'syncs'],
    key: name,
    message: `"${name}" is not under syncs; use one of ${syncNames.join(', ')}${didYouMean(name, syncNames)}`,
  }))
  const withoutServer = Object.entries(syncs).filter(([, own]) => own !== 'off' && own.email && email === undefined)
  const serverless = withoutServer.map(([name]) => ({
    path: ['notifications', 'syncs', name],
    key: 'email',
    message: 'email requires a mail server; give notifications.email with smtp, from and to',
  }))
  const own = Object.values(syncs).some(rule => rule !== 'off' && rule.webhook !== undefined)
  const withoutChannel = webhook === undefined && email === undefined && !own
  const idle = { path: [], key: 'notifications', message: 'notifications has no channel; give webhook or email' }
  return [...misnamed, ...serverless, ...(withoutChannel ? [idle] : [])]
}

function webhookSettings({ url, secret }: NonNullable<WrittenNotifications['webhook']>) {
  return { url: new Secret(url), ...(secret !== undefined && { secret: new Secret(secret) }) }
}

function isAddress(value: string, protocols: RegExp): boolean {
  return URL.canParse(value) && protocols.test(new URL(value).protocol) && new URL(value).hostname !== ''
}
