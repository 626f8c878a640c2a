/** `2026-11-25 02:13:05`, UTC, of milliseconds since the epoch. */
export function clock(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')
}
