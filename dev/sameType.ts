// Holds two types against each other. Nothing happens when it runs; a difference does not pass the type check.

/** Without `readonly` and null: whether a key may be left out counts, whether it may be null as well does not. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<Exclude<T[Key], null>> }
    : T

type Identical<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false

export type Same<One, Other> = Identical<Plain<One>, Plain<Other>>

/** Takes `true` alone: `same<Same<One, Other>>()`. */
export function same<_Answer extends true>(): void {}
