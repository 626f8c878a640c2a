// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
// `notifications` as written in sflink.yaml.
import { z } from 'zod'
import { closed, secret, text } from './schemaWords.ts'

const webhook = closed({
  url: secret('the address to post to').refine(value => isAddress(value, /^https?:$/), {
    message: 'is no address; give one with https://, best as ${NAME} of an environment variable',
  }),
  secret: secret('what signs the body').optional(),
})

const smtp = secret('the mail server with user and password').refine(value => isAddress(value, /^smtps?:$/), {
  message:
    'is no address of a mail server; give one like smtps://user:${SMTP_PASSWORD}@smtp.acme.com, or smtp:// with port 587 for STARTTLS; percent-encode special characters',
})

const mailbox = text('an e-mail address').regex(
  /^[^\s@<>]+@[^\s@<>]+$|^[^<>\r\n]+<[^\s@<>]+@[^\s@<>]+>$/,
  'is no e-mail address; give one like ops@acme.com',
)

const to = z.union([mailbox, z.array(mailbox).min(1, 'is empty; give at least one e-mail address')], {
  error: 'must be an e-mail address or a list of them, like ops@acme.com',
})

const rejectedShare = z
  .string({ error: issue => (issue.input === undefined ? undefined : SHARE_WORDS) })
  .regex(/^(100|\d{1,2})(\.\d+)?%$/, 'is no share; give one like 5%')
  .describe('A run with more than this share of its records rejected or in doubt counts as failing, like 5%')

const SHARE_WORDS = 'must be a share with its sign, like 5%'

const temporalUi = text("the address of Temporal's UI, for links").refine(value => isAddress(value, /^https?:$/), {
  message: 'is no address; give one like https://temporal.acme.com',
})

const syncNotifications = closed({
  webhook: webhook.optional(),
  email: closed({ to }).optional(),
  rejectedShare: rejectedShare.optional(),
})

export const notificationsSchema = closed({
  webhook: webhook.optional(),
  email: closed({ smtp, from: mailbox, to }).optional(),
  rejectedShare: rejectedShare.optional(),
  temporalUi: temporalUi.optional(),
  syncs: z
    .record(z.string(), z.union([z.literal('off'), syncNotifications], { error: 'must be off, or a mapping' }))
    .describe('What is different for single syncs, by their names; off for no notifications')
    .optional(),
}).describe('Who is told when a sync begins to fail, and when it is well again')

export type WrittenNotifications = z.output<typeof notificationsSchema>

function isAddress(value: string, protocols: RegExp): boolean {
  return URL.canParse(value) && protocols.test(new URL(value).protocol) && new URL(value).hostname !== ''
}
