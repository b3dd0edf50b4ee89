/** What `auto.offset.reset` says: a place, or how long ago. */
export type OffsetReset = 'earliest' | 'latest' | 'none' | { readonly agoMs: number }

const prefix = 'by_duration:'
/** ISO 8601 as Java's `Duration` reads it: days, hours, minutes and seconds; a fraction only of seconds. */
const duration = /^P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d{1,9})?)S)?)?$/i

/** The milliseconds of `by_duration:P...`; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  if (!text.startsWith(prefix)) return undefined
  const match = duration.exec(text.slice(prefix.length))
  if (match === null) return undefined
  const [, days, hours, minutes, seconds] = match
  if (days === undefined && hours === undefined && minutes === undefined && seconds === undefined) return undefined
  return Math.floor(
    Number(days ?? 0) * 86_400_000 +
      Number(hours ?? 0) * 3_600_000 +
      Number(minutes ?? 0) * 60_000 +
      Number(seconds ?? 0) * 1000,
  )
}

/** Reads a value that the table has let through. */
export function parseOffsetReset(text: string): OffsetReset {
  const agoMs = durationMs(text)
  return agoMs === undefined ? (text as 'earliest' | 'latest' | 'none') : { agoMs }
}
