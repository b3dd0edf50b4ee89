/**
 * 64-bit integers as numbers. A value beyond ±(2^53 - 1) reads as ±Infinity, and an infinity is written as Long.MAX or
 * Long.MIN: both ends of the range survive a round trip, nothing is rounded silently, and a handler that checks its range
 * refuses the sentinel as Kafka refuses the value.
 */
import { assert } from '@dorsale/base'

const two32 = 4294967296
/** High words of the safe range: [-2^53 + 1, 2^53 - 1]. */
const highMax = 0x1fffff
const highMin = -0x200000

/** Reads a big-endian int64; beyond the safe range it answers ±Infinity. Two 32-bit reads cost a tenth of a bigint. */
export function readInt64(view: DataView, position: number): number {
  const high = view.getInt32(position)
  const low = view.getUint32(position + 4)
  if (high > highMax) return Number.POSITIVE_INFINITY
  if (high < highMin || (high === highMin && low === 0)) return Number.NEGATIVE_INFINITY
  return high * two32 + low
}

/** Writes a big-endian int64; an infinity becomes Long.MAX or Long.MIN. */
export function writeInt64(view: DataView, position: number, value: number): void {
  if (Number.isSafeInteger(value)) {
    view.setInt32(position, Math.floor(value / two32))
    view.setInt32(position + 4, value | 0)
    return
  }
  assert(
    value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY,
    'an int64 is a safe integer or an infinity',
  )
  view.setInt32(position, value > 0 ? 0x7fffffff : -0x80000000)
  view.setInt32(position + 4, value > 0 ? -1 : 0)
}
