/** Whether unpacking failed: zlib's errors have such codes. A gzip that was stored half ends in the middle of one too. */
export function isBrokenGzip(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^Z_/.test(String(error.code))
}
