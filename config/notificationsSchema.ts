// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of the configuration, not of JavaScript
// `notifications` as written in sflink.yaml.
import { z } from 'zod'
import { strictShape } from '../packages/client/contract/issues.ts'
import { secret, text } from './scalars.ts'

const webhook = strictShape({
  url: secret('the address to post to').refine(value => isAddress(value, /^https?:$/), {
    message: 'expected an https:// address, preferably as ${NAME} of an environment variable',
  }),
  secret: secret('what signs the body').optional(),
})

const smtp = secret('the mail server with user and password').refine(value => isAddress(value, /^smtps?:$/), {
  message:
    'expected the address of a mail server, such as smtps://user:${SMTP_PASSWORD}@smtp.acme.com, or smtp:// with port 587 for STARTTLS; percent-encode special characters',
})

const mailbox = text('an e-mail address').regex(
  /^[^\s@<>]+@[^\s@<>]+$|^[^<>\r\n]+<[^\s@<>]+@[^\s@<>]+>$/,
  'expected an e-mail address, such as ops@acme.com',
)

const to = z.union([mailbox, z.array(mailbox).min(1, 'expected at least one e-mail address')], {
  error: 'expected an e-mail address or a list of them, such as ops@acme.com',
})

const SHARE = 'expected a share with its percent sign, such as 5%'

const rejectedShare = z
  .string(SHARE)
  .regex(/^(100|\d{1,2})(\.\d+)?%$/, SHARE)
  .describe('A run with a larger share of records rejected or in doubt counts as failing, such as 5%')

const temporalUi = text('the address of the Temporal UI, for links').refine(value => isAddress(value, /^https?:$/), {
  message: 'expected an address, such as https://temporal.acme.com',
})

const syncNotifications = strictShape({
  webhook: webhook.optional(),
  email: strictShape({ to }).optional(),
  rejectedShare: rejectedShare.optional(),
})

export const notificationsSchema = strictShape({
  webhook: webhook.optional(),
  email: strictShape({ smtp, from: mailbox, to }).optional(),
  rejectedShare: rejectedShare.optional(),
  temporalUi: temporalUi.optional(),
  syncs: z
    .record(z.string(), z.union([z.literal('off'), syncNotifications], { error: 'expected off, or a mapping' }))
    .describe('Settings of single syncs by name; off disables notifications')
    .optional(),
}).describe('Who is notified when a sync starts failing and when it recovers')

export type WrittenNotifications = z.output<typeof notificationsSchema>

function isAddress(value: string, protocols: RegExp): boolean {
  return URL.canParse(value) && protocols.test(new URL(value).protocol) && new URL(value).hostname !== ''
}
