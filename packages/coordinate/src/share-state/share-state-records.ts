/**
 * Records of `__share_group_state` (KIP-932), and how they are framed:
 *
 * ```
 *   key     int16 0 snapshot, 1 update | group, topic id, partition
 *   value   int16 version              | value message; null, of a snapshot alone: the state is gone
 * ```
 *
 * A snapshot is the whole state of a share partition; an update holds what has changed since.
 */
import {
  ByteReader,
  ByteWriter,
  createMessage,
  DecodeError,
  type MessageOf,
  type MessageTable,
  type PartialMessage,
  readMessage,
  type ShareSnapshotValue,
  type ShareUpdateValue,
  shareSnapshotKey,
  shareSnapshotValue,
  shareUpdateKey,
  shareUpdateValue,
  supportsVersion,
  writeMessage,
} from '@dorsale/protocol'
import type { CoordinatorSerde } from '../shard/coordinator-shard.ts'

/** One partition of a topic as one share group sees it. */
export interface SharePartitionKey {
  readonly groupId: string
  readonly topicId: string
  readonly partition: number
}

export type ShareStateRecord = SharePartitionKey &
  (
    | { readonly type: 'snapshot'; readonly value: ShareSnapshotValue | null }
    | { readonly type: 'update'; readonly value: ShareUpdateValue | null }
  )

/** The key as text, as FindCoordinator asks for it: `group:topicId:partition`. */
export function sharePartitionText({ groupId, topicId, partition }: SharePartitionKey): string {
  return `${groupId}:${topicId}:${partition}`
}

/** Makes a snapshot; what `value` leaves out takes its default. */
export function snapshotRecord(
  key: SharePartitionKey,
  value: PartialMessage<typeof shareSnapshotValue>,
): ShareStateRecord {
  return { type: 'snapshot', ...keyOf(key), value: createMessage(shareSnapshotValue, value) }
}

/** Makes an update; what `value` leaves out takes its default. */
export function updateRecord(key: SharePartitionKey, value: PartialMessage<typeof shareUpdateValue>): ShareStateRecord {
  return { type: 'update', ...keyOf(key), value: createMessage(shareUpdateValue, value) }
}

/** Makes the record that deletes the state. */
export function tombstoneRecord(key: SharePartitionKey): ShareStateRecord {
  return { type: 'snapshot', ...keyOf(key), value: null }
}

const tables = {
  snapshot: { kind: 0, key: shareSnapshotKey, value: shareSnapshotValue },
  update: { kind: 1, key: shareUpdateKey, value: shareUpdateValue },
} as const

const version = 0

export const shareStateRecordSerde: CoordinatorSerde<ShareStateRecord> = {
  encode(record) {
    const { kind, key, value } = tables[record.type]
    return {
      key: framed(kind, key, keyOf(record) as unknown as MessageOf<MessageTable>),
      value: record.value === null ? null : framed(version, value, record.value as unknown as MessageOf<MessageTable>),
    }
  },

  decode(key, value) {
    const keyReader = new ByteReader(key)
    const kind = keyReader.int16()
    if (kind !== tables.snapshot.kind && kind !== tables.update.kind) return undefined
    const type = kind === tables.snapshot.kind ? 'snapshot' : 'update'
    const place = keyOf(readMessage(tables[type].key, version, keyReader))
    if (value === null) return { type, ...place, value: null }
    const reader = new ByteReader(value)
    const valueVersion = reader.int16()
    const table: MessageTable = tables[type].value
    if (!supportsVersion(table, valueVersion)) {
      throw new DecodeError(`no version ${valueVersion} of this record`, { message: table.name, version: valueVersion })
    }
    return type === 'snapshot'
      ? { type, ...place, value: readMessage(shareSnapshotValue, valueVersion, reader) }
      : { type, ...place, value: readMessage(shareUpdateValue, valueVersion, reader) }
  },
}

function keyOf({ groupId, topicId, partition }: SharePartitionKey): SharePartitionKey {
  return { groupId, topicId, partition }
}

function framed(prefix: number, table: MessageTable, message: MessageOf<MessageTable>): Uint8Array {
  const writer = new ByteWriter(128)
  writer.int16(prefix)
  writeMessage(table, version, message, writer)
  return writer.finishBytes()
}
