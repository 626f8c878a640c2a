/** Thrown when what the environment says can't be used. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError' as const
}
