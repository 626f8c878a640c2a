/** A URI as messages may show it: signatures of presigned URLs and credentials before a host are left out. */
export function shownUri(uri: string): string {
  if (!/^(?:https?|s3):/i.test(uri)) return uri
  const withoutUser = uri.replace(/^([a-z0-9]+:[/\\]*)[^/\\?#]*@/i, '$1…@')
  if (/^s3:/i.test(uri)) return withoutUser
  return withoutUser.replace(/[?#].*$/s, '?…')
}
