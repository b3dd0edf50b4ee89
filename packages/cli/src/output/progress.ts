/** How far a long transfer has come, on one line of a terminal that is written over; nothing where nobody watches. */
import type { CommandIo } from '../command-io.ts'

const everyMs = 200

export interface Progress {
  /** So many records and bytes more. */
  add(records: number, bytes: number): void
  /** Wipes the line. */
  end(): void
}

/** `bytesTotal`: of the whole, where it is known; then there is a percentage and a time to go. */
export function showProgress(io: CommandIo, what: string, bytesTotal?: number): Progress {
  if (!io.isTerminal) return { add() {}, end() {} }
  const { clock } = io.world
  const startMs = clock.monotonic()
  let shownMs = startMs
  let records = 0
  let bytes = 0
  return {
    add(moreRecords, moreBytes) {
      records += moreRecords
      bytes += moreBytes
      const nowMs = clock.monotonic()
      if (nowMs - shownMs < everyMs) return
      shownMs = nowMs
      io.stderr.write(`\r\u001b[K${progressLine({ what, records, bytes, bytesTotal, elapsedMs: nowMs - startMs })}`)
    },
    end() {
      if (shownMs > startMs) io.stderr.write('\r\u001b[K')
    },
  }
}

/** `1.2 M records sent, 120.0 MB, 45.1 MB/s, 350 k records/s, 24 %, 0:08 to go` */
export function progressLine(done: {
  what: string
  records: number
  bytes: number
  bytesTotal: number | undefined
  elapsedMs: number
}): string {
  const { what, records, bytes, bytesTotal, elapsedMs } = done
  const perSecond = (count: number) => (elapsedMs > 0 ? (count * 1000) / elapsedMs : 0)
  const parts = [
    `${scaled(records).trimEnd()} records ${what}`,
    `${scaled(bytes)}B`,
    `${scaled(perSecond(bytes))}B/s`,
    `${scaled(perSecond(records)).trimEnd()} records/s`,
  ]
  if (bytesTotal !== undefined && bytesTotal > 0 && bytes > 0) {
    const leftSeconds = Math.max(0, Math.round((bytesTotal - bytes) / Math.max(1, perSecond(bytes))))
    const minutes = Math.floor(leftSeconds / 60)
    parts.push(`${Math.min(100, Math.floor((bytes * 100) / bytesTotal))} %`)
    parts.push(`${minutes}:${String(leftSeconds % 60).padStart(2, '0')} to go`)
  }
  return parts.join(', ')
}

/** Up to the letter that a unit follows. */
function scaled(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)} G`
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`
  if (count >= 1e4) return `${Math.round(count / 1e3)} k`
  return `${Math.round(count)} `
}
