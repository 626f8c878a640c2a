import { apiError } from '../apiError.ts'
import { isObject } from '../http/call.ts'
import type { RequestBody } from '../http/requestBody.ts'

const MAX_CHARACTERS = 100_000

type MultipartJob = { readonly job: Readonly<Record<string, unknown>>; readonly content: RequestBody }

function malformed(what: string) {
  return apiError(400, 'API_ERROR', `Multipart request could not be read: ${what}`)
}

function partNamed(parts: readonly string[], name: string): string {
  const part = parts.find(candidate => candidate.includes(`name="${name}"`))
  const start = part?.indexOf('\r\n\r\n') ?? -1
  if (part === undefined || start === -1) throw malformed(`no part named ${name}`)
  return part.slice(start + 4).replace(/\r\n$/, '')
}

function parsedJob(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (isObject(value)) return value
  } catch {
    // Reported below, with the message for JSON that is not an object.
  }
  throw malformed('the part named job is not a JSON object')
}

/** Splits a multipart job into the job and its CSV. Throws when a part is missing or the CSV has more than 100,000 characters. */
export function readMultipartJob(contentType: string, body: RequestBody): MultipartJob {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1]
  if (boundary === undefined) throw malformed('no boundary')
  const parts = body.text().split(`--${boundary}`)
  const csv = partNamed(parts, 'content')
  if (csv.length > MAX_CHARACTERS) throw malformed(`content has more than ${MAX_CHARACTERS} characters`)
  const content = Buffer.from(csv)
  return {
    job: parsedJob(partNamed(parts, 'job')),
    content: { pieces: [content], bytes: content.length, text: () => csv },
  }
}
