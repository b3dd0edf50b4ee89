/** Versions `min` to `max`, both included; `max` is infinite for `3+`, and the range is empty when `max < min`. */
export interface VersionRange {
  readonly min: number
  readonly max: number
}

const none: VersionRange = { min: 0, max: -1 }

/** Reads Kafka's notation: `0-4`, `3+`, `7`, `none`. */
export function parseVersions(text: string): VersionRange {
  if (text === 'none') return none
  if (text.endsWith('+')) return { min: Number(text.slice(0, -1)), max: Number.POSITIVE_INFINITY }
  const dash = text.indexOf('-')
  if (dash < 0) return { min: Number(text), max: Number(text) }
  return { min: Number(text.slice(0, dash)), max: Number(text.slice(dash + 1)) }
}

/** Writes Kafka's notation. */
export function formatVersions({ min, max }: VersionRange): string {
  if (max < min) return 'none'
  if (max === Number.POSITIVE_INFINITY) return `${min}+`
  return min === max ? `${min}` : `${min}-${max}`
}

export function includesVersion(range: VersionRange, version: number): boolean {
  return version >= range.min && version <= range.max
}
