import { inspect } from 'node:util'

const HIDDEN = '(secret)'

/** A credential. It has no string form: printing, inspecting or serialising it shows `(secret)`; only `reveal()` returns it. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return HIDDEN
  }

  toJSON(): string {
    return HIDDEN
  }

  [inspect.custom](): string {
    return HIDDEN
  }
}

/** Access tokens in text that a proxy or an org may have echoed. */
const ACCESS_TOKEN = /00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]+/g

/** The value in a form, where a blank is a plus sign. */
const asFormValue = (value: string): string => new URLSearchParams({ value }).toString().slice('value='.length)

/** The text with every known secret, and everything that looks like an access token replaced. Use it for text from other programs. */
export function withoutSecrets(text: string, secrets: readonly Secret[]): string {
  const known = secrets.map(secret => secret.reveal()).filter(value => value.length > 0)
  const forms = known.flatMap(value => [value, encodeURIComponent(value), asFormValue(value)])
  return forms.reduce((clean, form) => clean.replaceAll(form, HIDDEN), text).replace(ACCESS_TOKEN, HIDDEN)
}
