import type { RecordWalk } from './record-walk.ts'

/**
 * Walks records that come in windows, to their end. What is plain lives no longer than its check; only a record that lies across
 * windows is put together, in a buffer that is made as large as the record says it is (the walk's rules bound that), so that its
 * bytes are copied once however small the windows are.
 */
export function walkWindows(walk: RecordWalk, windows: Iterable<Uint8Array>): void {
  let held = new Uint8Array(0)
  let heldBytes = 0
  for (const window of windows) {
    const next = heldBytes === 0 ? walk.walk(window, 0, window.length) : 0
    const rest = window.subarray(next)
    const room = Math.max(heldBytes + rest.length, walk.pendingBytes)
    if (room > held.length) held = grown(held, heldBytes, room)
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

function grown(buffer: Uint8Array, used: number, room: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(room)
  larger.set(buffer.subarray(0, used))
  return larger
}
