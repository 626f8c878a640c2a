const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const CHECKSUM_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'
const BASE = ALPHABET.length
// Between the key prefix and the counter: the instance, and digits that stay zero in an org of this size.
const INSTANCE = '5f0000'
// Counters start well above zero, so that ids of a new org use all kinds of characters.
const FIRST_COUNTER = 27_000_000
const COUNTER_DIGITS = 6

const digitOf = new Map([...ALPHABET].map((character, digit) => [character, digit]))
function isUpperCase(code: number) {
  return code >= 65 && code <= 90
}

function chunkChecksum(id15: string, from: number): string {
  let bits = 0
  for (let index = 0; index < 5; index++) if (isUpperCase(id15.charCodeAt(from + index))) bits |= 1 << index
  return CHECKSUM_ALPHABET.charAt(bits)
}

/** The three characters that extend a 15-character id to 18: they encode which letters are upper case. */
export function idChecksum(id15: string): string {
  return chunkChecksum(id15, 0) + chunkChecksum(id15, 5) + chunkChecksum(id15, 10)
}

function counterText(counter: number): string {
  let text = ''
  let rest = counter
  for (let place = 0; place < COUNTER_DIGITS; place++) {
    text = ALPHABET.charAt(rest % BASE) + text
    rest = Math.floor(rest / BASE)
  }
  return text
}

/** The 18-character id of an object's record by its 0-based index in the storage. */
export function recordId(keyPrefix: string, place: number): string {
  const id15 = keyPrefix + INSTANCE + counterText(FIRST_COUNTER + place)
  return id15 + idChecksum(id15)
}

/** The reverse of `recordId`, or -1 for an id that this storage never issued. */
export function placeOf(keyPrefix: string, id18: string): number {
  const head = keyPrefix + INSTANCE
  if (!id18.startsWith(head)) return -1
  let counter = 0
  for (let index = head.length; index < 15; index++) counter = counter * BASE + (digitOf.get(id18.charAt(index)) ?? 0)
  return counter - FIRST_COUNTER
}

/** The 18-character form of an id of 15 or 18 characters; undefined when it is not an id or its checksum is wrong. */
export function toId18(id: string): string | undefined {
  if ((id.length !== 15 && id.length !== 18) || !/^[0-9A-Za-z]+$/.test(id)) return undefined
  const id15 = id.slice(0, 15)
  const id18 = id15 + idChecksum(id15)
  return id.length === 15 || id === id18 ? id18 : undefined
}
