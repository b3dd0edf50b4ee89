/** Runs shorter than this are copied byte by byte: the call of `set` or `copyWithin` costs as much as some 30 bytes. */
const nativeCopyMin = 48

/** Copies `length` literal bytes between two arrays. The caller has checked both ends. */
export function copyLiteral(source: Uint8Array, from: number, target: Uint8Array, to: number, length: number): void {
  if (length >= nativeCopyMin) {
    target.set(source.subarray(from, from + length), to)
    return
  }
  for (let index = 0; index < length; index++) target[to + index] = source[from + index]!
}

/**
 * Repeats `length` bytes that begin `distance` bytes before `to`; where the two overlap, bytes just written are read again. The
 * caller has checked that `1 <= distance <= to` and that the target is long enough.
 */
export function copyMatch(target: Uint8Array, to: number, distance: number, length: number): void {
  if (length < nativeCopyMin) {
    for (let end = to + length, position = to; position < end; position++)
      target[position] = target[position - distance]!
    return
  }
  if (distance === 1) {
    target.fill(target[to - 1]!, to, to + length)
    return
  }
  // What is there doubles with each step: a short pattern takes few steps.
  let copied = 0
  let span = distance
  while (copied < length) {
    const step = Math.min(span, length - copied)
    target.copyWithin(to + copied, to + copied - span, to + copied - span + step)
    copied += step
    span += step
  }
}
