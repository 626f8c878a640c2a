import type { Org } from '../records/org.ts'
import { NOT_OF_TYPE, type ToStoredText } from './storedText.ts'

const BASE64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/

/** Stores a content in base64; the record gets its key. */
export function toContent(org: Org): ToStoredText {
  return text => {
    if (text === '') return ''
    return BASE64.test(text) ? org.bodies.add(Buffer.from(text, 'base64')).key : NOT_OF_TYPE
  }
}
