/** Times as people write them, and as Kafka's tools take them. */
import { DorsaleError } from '@dorsale/base'

/** `P1DT2H`, `PT30M`, `P1W`; also `30m`, `2h`, `1d`, `10s`, `500ms`. */
const iso = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i
const short = /^(\d+)(ms|s|m|h|d|w)$/
const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** Milliseconds of a duration. Throws a `DorsaleError` for anything else. */
export function parseDurationMs(text: string): number {
  const [, count, unit] = short.exec(text) ?? []
  if (count !== undefined) return Number(count) * unitMs[unit as keyof typeof unitMs]
  const match = text.length > 1 ? iso.exec(text) : null
  if (match === null || match.slice(1).every(part => part === undefined))
    throw new DorsaleError('DORSALE_USAGE', `"${text}" is no duration: write PT30M or P1DT2H (ISO 8601), or 30m`)
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map(part => Number(part ?? 0))
  return Math.floor(weeks * unitMs.w + days * unitMs.d + hours * unitMs.h + minutes * unitMs.m + seconds * unitMs.s)
}

/**
 * Milliseconds since 1970 of a time: such a number, a date (`2026-01-02`, `2026-01-02T03:04:05.678`, in UTC unless it names another zone), or how long
 * ago (`-30m`, `-PT1H`).
 */
export function parseMoment(text: string, nowMs: number): number {
  if (/^\d+$/.test(text)) return Number(text)
  if (text.startsWith('-')) return nowMs - parseDurationMs(text.slice(1))
  const ms = parseDateMs(text)
  if (ms === undefined)
    throw new DorsaleError(
      'DORSALE_USAGE',
      `"${text}" is no time: write milliseconds since 1970, 2026-01-02T03:04:05, or -30m for half an hour ago`,
    )
  return ms
}

/** A date, in UTC where it names no zone; undefined when it is none. */
export function parseDateMs(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/.test(text)) return undefined
  const hasZone = /(Z|T.*[+-]\d\d:?\d\d)$/.test(text)
  const ms = Date.parse(hasZone || !text.includes('T') ? text : `${text}Z`)
  return Number.isNaN(ms) ? undefined : ms
}
