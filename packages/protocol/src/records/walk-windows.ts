import type { RecordWalk } from './record-walk.ts'

/**
 * Walks records that come in windows, to their end. What is plain lives no longer than its check; only a record that lies across
 * windows is put together, in a buffer that grows by doubling: its bytes are copied a bounded number of times however small
 * the windows are.
 */
export function walkWindows(walk: RecordWalk, windows: Iterable<Uint8Array>): void {
  let held = new Uint8Array(0)
  let heldBytes = 0
  for (const window of windows) {
    const next = heldBytes === 0 ? walk.walk(window, 0, window.length) : 0
    const rest = window.subarray(next)
    if (heldBytes + rest.length > held.length) held = grown(held, heldBytes, heldBytes + rest.length)
    held.set(rest, heldBytes)
    const isContinued = heldBytes > 0
    heldBytes += rest.length
    if (!isContinued) continue
    const passed = walk.walk(held, 0, heldBytes)
    if (passed > 0) held.copyWithin(0, passed, heldBytes)
    heldBytes -= passed
  }
  walk.finish()
}

function grown(buffer: Uint8Array, used: number, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(buffer.length * 2, needed))
  larger.set(buffer.subarray(0, used))
  return larger
}
