/**
 * The two copies of which snappy and lz4 are made. Most are of 4 to 20 bytes: four bytes at a time they cost a third of what they cost
 * byte by byte, and the call of `set` or `copyWithin` costs as much as some 60 bytes (codecs.bench.ts).
 *
 * A copy by fours may write up to three bytes behind its end, where the next element will write anyhow; near the end of an
 * array it goes by bytes.
 */
const nativeCopyMin = 64

/** An array with its `DataView`. */
export interface Bytes {
  readonly bytes: Uint8Array
  readonly view: DataView
}

export function viewed(bytes: Uint8Array): Bytes {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
}

/** Copies `length` literal bytes between two arrays. The caller has checked both ends. */
export function copyLiteral(source: Bytes, from: number, target: Bytes, to: number, length: number): void {
  if (length >= nativeCopyMin) {
    target.bytes.set(source.bytes.subarray(from, from + length), to)
    return
  }
  const end = to + length
  if (from + length + 3 <= source.bytes.length && end + 3 <= target.bytes.length) {
    const ahead = from - to
    for (let position = to; position < end; position += 4) {
      target.view.setInt32(position, source.view.getInt32(position + ahead))
    }
    return
  }
  for (let index = 0; index < length; index++) target.bytes[to + index] = source.bytes[from + index]!
}

/**
 * Repeats `length` bytes that begin `distance` bytes before `to`; where the two overlap, bytes just written are read again. The
 * caller has checked that `1 <= distance <= to` and that the target is long enough.
 */
export function copyMatch({ bytes, view }: Bytes, to: number, distance: number, length: number): void {
  const end = to + length
  if (length >= nativeCopyMin) copyLongMatch(bytes, to, distance, length)
  else if (distance >= 4 && end + 3 <= bytes.length) {
    for (let position = to; position < end; position += 4) view.setInt32(position, view.getInt32(position - distance))
  } else for (let position = to; position < end; position++) bytes[position] = bytes[position - distance]!
}

function copyLongMatch(bytes: Uint8Array, to: number, distance: number, length: number): void {
  if (distance === 1) {
    bytes.fill(bytes[to - 1]!, to, to + length)
    return
  }
  // What is there doubles with each step: a short pattern takes few steps.
  let copied = 0
  let span = distance
  while (copied < length) {
    const step = Math.min(span, length - copied)
    bytes.copyWithin(to + copied, to + copied - span, to + copied - span + step)
    copied += step
    span += step
  }
}
