/** What is known of a source without reading it. */
export type SourceState = {
  /** Size; undefined when its server does not say. */
  readonly bytes: number | undefined
  /** Epoch milliseconds of its last change; undefined when its server does not say. */
  readonly changedAt: number | undefined
  /**
   * The same text for the same content, by what its place says of it: ETag, or time and size. Undefined when that says nothing,
   * and then nobody can tell it from yesterday's without reading it.
   */
  readonly version: string | undefined
}
