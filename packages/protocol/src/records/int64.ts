/**
 * 64-bit integers of record batches. Offsets and timestamps are numbers: a value beyond ±(2^53 - 1) reads as ±Infinity,
 * and an infinity is written as Long.MAX or Long.MIN, so that both ends survive a round trip and nothing is rounded
 * silently. Identities (producer ids) never lose a bit: they read as a bigint where a number would.
 */
const two32 = 4294967296
/** High words of the safe range: [-2^53 + 1, 2^53 - 1]. */
const highMax = 0x1fffff
const highMin = -0x200000

/** A producer id: a number while it is safe, otherwise the exact bigint. -1 is "none". */
export type ProducerId = number | bigint

/** Reads a big-endian int64; beyond the safe range it answers ±Infinity. */
export function readInt64(view: DataView, position: number): number {
  const high = view.getInt32(position)
  const low = view.getUint32(position + 4)
  if (high > highMax) return Number.POSITIVE_INFINITY
  if (high < highMin || (high === highMin && low === 0)) return Number.NEGATIVE_INFINITY
  return high * two32 + low
}

/** Writes a big-endian int64; an infinity becomes Long.MAX or Long.MIN. */
export function writeInt64(view: DataView, position: number, value: number): void {
  if (!Number.isFinite(value)) {
    view.setInt32(position, value > 0 ? 0x7fffffff : -0x80000000)
    view.setUint32(position + 4, value > 0 ? 0xffffffff : 0)
    return
  }
  view.setInt32(position, Math.floor(value / two32))
  view.setInt32(position + 4, value | 0)
}

/** Reads a producer id without losing a bit. */
export function readProducerId(view: DataView, position: number): ProducerId {
  const value = readInt64(view, position)
  return Number.isFinite(value) ? value : view.getBigInt64(position)
}

/** Writes a producer id of either form. */
export function writeProducerId(view: DataView, position: number, value: ProducerId): void {
  if (typeof value === 'bigint') view.setBigInt64(position, value)
  else writeInt64(view, position, value)
}
