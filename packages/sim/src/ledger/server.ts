import { crc32 } from 'node:zlib'
import { type Disk, DiskError, type DiskFile, type Socket, writeAllSync } from '@dorsale/base'
import type { Host } from '../index.ts'

/**
 * A small durable server, to prove the simulator on: clients send lines `<client> <number>`, the server appends a record for each, answers
 * `ok <number>` once it is on the platter, and drops what it has already. Its log is records of 300 bytes, so that few share a sector:
 *
 *   crc32 of the rest (u32) | client (u32) | number (u32) | zeros
 *
 * A `Mistake` makes it wrong in one way, each taken from a real system's history. With none it is right, and the simulator must agree; with
 * any one the simulator must find it.
 */
export type Mistake = (typeof mistakes)[number]

export const mistakes = [
  'fsync skipped',
  'reply before commit',
  'duplicate answered before it is durable',
  'recovered tail not synced',
  'new file without directory sync',
  'failed fsync tried again',
  'failed fsync forgotten by a restart',
  'short write taken for whole',
  'torn tail kept',
  'checksum not checked',
  'duplicates appended',
  'chunks taken for lines',
  'expiry by the wall clock',
  'descriptor leaked',
] as const

export const ledgerPort = 4000
const directory = '/ledger'
const path = `${directory}/log`
const recordBytes = 300
/** What is known of a client may be forgotten when it has been silent for this long. */
const expiryMs = 600_000

export interface LedgerRecord {
  client: number
  number: number
}

interface ClientState {
  /** The last number appended. */
  last: number
  /** The last number on the platter. */
  durable: number
  seenMs: number
}

interface Waiting {
  socket: Socket
  client: number
  number: number
}

/** Serves until the process dies. A disk that fails ends the process: what is on the platter is then found again by recovery. */
export async function runLedger(host: Host, mistake?: Mistake): Promise<void> {
  const { clock, disk, net, logger } = host
  const { file, records, size } = recover(disk, mistake)
  logger.info('recovered', { records: records.length })
  const clients = new Map<number, ClientState>()
  for (const { client, number } of records) clients.set(client, { last: number, durable: number, seenMs: now() })

  let position = size
  let unwritten: LedgerRecord[] = []
  const waiting: Waiting[] = []
  let flushing = false

  function now(): number {
    return mistake === 'expiry by the wall clock' ? clock.now() : clock.monotonic()
  }

  function onLine(socket: Socket, line: string): void {
    const [client = Number.NaN, number = Number.NaN] = line.split(' ').map(Number)
    if (!Number.isInteger(client) || !Number.isInteger(number)) {
      socket.destroy()
      return
    }
    let state = clients.get(client)
    // The log keeps what a client has sent, the memory of it may go: an old client then starts at the number it sends.
    if (state !== undefined && mistake === 'expiry by the wall clock' && Math.abs(now() - state.seenMs) > expiryMs) {
      state = undefined
    }
    if (state === undefined) {
      state = { last: number - 1, durable: number - 1, seenMs: now() }
      clients.set(client, state)
    }
    state.seenMs = now()
    const isNew = mistake === 'duplicates appended' || number === state.last + 1
    if (number > state.last + 1) {
      socket.destroy()
      return
    }
    if (isNew) {
      state.last = Math.max(state.last, number)
      unwritten.push({ client, number })
    }
    if (mistake === 'reply before commit' || (!isNew && mistake === 'duplicate answered before it is durable')) {
      reply(socket, number)
      if (isNew) clock.defer(resume)
      return
    }
    if (number <= state.durable) {
      reply(socket, number)
      return
    }
    waiting.push({ socket, client, number })
    clock.defer(resume)
  }

  /** Appends what the turn has gathered, syncs once, answers what that covers. */
  function resume(): void {
    if (flushing || unwritten.length === 0) return
    flushing = true
    const batch = unwritten
    unwritten = []
    flush(batch).then(
      () => {
        flushing = false
        resume()
      },
      error => {
        if (!(error instanceof DiskError)) throw error
        logger.error('the disk failed', { error })
        host.exit(1)
      },
    )
  }

  async function flush(batch: LedgerRecord[]): Promise<void> {
    const bytes = encodeRecords(batch)
    const target = mistake === 'descriptor leaked' ? disk.openSync(path, 'write') : file
    const written = target.writeSync([bytes], position)
    if (written < bytes.length && mistake !== 'short write taken for whole')
      throw new DiskError('ENOSPC', 'write', path)
    position += bytes.length
    if (mistake === 'failed fsync tried again') await target.sync().catch(() => target.sync())
    else if (mistake !== 'fsync skipped') await target.sync()
    for (const { client, number } of batch) {
      const state = clients.get(client)
      if (state !== undefined) state.durable = Math.max(state.durable, number)
    }
    const covered = waiting.splice(0)
    for (const request of covered) {
      if (request.number <= (clients.get(request.client)?.durable ?? 0)) reply(request.socket, request.number)
      else waiting.push(request)
    }
  }

  await net.listen({ host: '0.0.0.0', port: ledgerPort }, socket => {
    let rest = ''
    socket.setHandler({
      onData(chunk) {
        const text = mistake === 'chunks taken for lines' ? Buffer.from(chunk).toString() : rest + Buffer.from(chunk)
        const lines = text.split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) onLine(socket, line)
      },
      onClose() {},
    })
  })
  logger.info('ready')
}

/** What a restart finds: the records up to the first that is not whole, in a file cut to them and on the platter. */
export function recover(disk: Disk, mistake?: Mistake): { file: DiskFile; records: LedgerRecord[]; size: number } {
  disk.makeDirectorySync(directory)
  disk.syncDirectorySync('/')
  const file = disk.openSync(path, 'create')
  if (mistake !== 'new file without directory sync') disk.syncDirectorySync(directory)
  const bytes = new Uint8Array(file.sizeSync())
  file.readSync(bytes, 0)
  const records = decodeRecords(bytes, { check: mistake !== 'checksum not checked' })
  let size = records.length * recordBytes
  if (mistake === 'torn tail kept') size = Math.ceil(bytes.length / recordBytes) * recordBytes
  else file.truncateSync(size)
  // A sync that failed in an earlier life may have left bytes that are in the page cache, and clean, and not on the platter: only
  // writing them again makes the next sync move them.
  if (mistake !== 'failed fsync forgotten by a restart') writeAllSync(file, [bytes.subarray(0, size)], 0)
  if (mistake !== 'recovered tail not synced' && mistake !== 'fsync skipped') file.syncSync()
  return { file, records, size }
}

function reply(socket: Socket, number: number): void {
  socket.write([Buffer.from(`ok ${number}\n`)])
}

function encodeRecords(records: readonly LedgerRecord[]): Uint8Array {
  const bytes = Buffer.alloc(records.length * recordBytes)
  records.forEach(({ client, number }, index) => {
    const start = index * recordBytes
    bytes.writeUInt32BE(client, start + 4)
    bytes.writeUInt32BE(number, start + 8)
    bytes.writeUInt32BE(crc32(bytes.subarray(start + 4, start + recordBytes)), start)
  })
  return bytes
}

function decodeRecords(bytes: Uint8Array, { check }: { check: boolean }): LedgerRecord[] {
  const buffer = Buffer.from(bytes)
  const records: LedgerRecord[] = []
  for (let start = 0; start + recordBytes <= buffer.length; start += recordBytes) {
    const whole = crc32(buffer.subarray(start + 4, start + recordBytes)) === buffer.readUInt32BE(start)
    if (check && !whole) break
    records.push({ client: buffer.readUInt32BE(start + 4), number: buffer.readUInt32BE(start + 8) })
  }
  return records
}
