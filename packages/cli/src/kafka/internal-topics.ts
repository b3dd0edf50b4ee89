/**
 * What stands in Kafka's internal topics, as Kafka's formatters print it. A key begins with two bytes that say what kind of record it is, a value with two bytes that say its
 * version; each kind belongs to one topic, and the numbers begin anew in each.
 */
import type { ConsumerRecord } from '@dorsale/client'
import { allMessages, DecodeError, decodeMessage, formatMessage, type MessageTable } from '@dorsale/protocol'

export type InternalTopic = 'groups' | 'transactions' | 'share-state'

interface RecordKind {
  readonly name: string
  readonly key: MessageTable | undefined
  readonly value: MessageTable | undefined
}

function topicOf(name: string): InternalTopic {
  if (/^TransactionLog/.test(name)) return 'transactions'
  return /^Share(Snapshot|Update)/.test(name) ? 'share-state' : 'groups'
}

/** The kinds of records of each topic, by the number in their keys. */
const kinds: Readonly<Record<InternalTopic, ReadonlyMap<number, RecordKind>>> = {
  groups: kindsOf('groups'),
  transactions: kindsOf('transactions'),
  'share-state': kindsOf('share-state'),
}

function kindsOf(topic: InternalTopic): ReadonlyMap<number, RecordKind> {
  const tables = allMessages.filter(
    ({ type, name }) => (type === 'coordinator-key' || type === 'coordinator-value') && topicOf(name) === topic,
  )
  const found = new Map<number, RecordKind>()
  for (const key of tables) {
    if (key.type !== 'coordinator-key' || key.apiKey === undefined) continue
    const value = tables.find(table => table.type === 'coordinator-value' && table.apiKey === key.apiKey)
    found.set(key.apiKey, { name: key.name.replace(/Key$/, ''), key, value })
  }
  return found
}

interface DecodedRecord {
  /** The number in the key; undefined for a key of another making. */
  readonly type: number
  /** The key's message as JSON text; undefined: the kind is not known. */
  readonly key: string | undefined
  readonly kind: string | undefined
  /** Null: a tombstone. */
  readonly value: {
    readonly version: number
    readonly table: MessageTable | undefined
    readonly bytes: Uint8Array
  } | null
}

/** What a record of an internal topic is. Undefined: it has no key. */
export function decodeInternal(
  topic: InternalTopic,
  record: { readonly key: Uint8Array | null; readonly value: Uint8Array | null },
): DecodedRecord | undefined {
  const { key, value } = record
  if (key === null || key.length < 2) return undefined
  const type = int16(key)
  const kind = kinds[topic].get(type)
  return {
    type,
    kind: kind?.name,
    key: kind?.key === undefined ? undefined : messageText(kind.key, 0, key.subarray(2)),
    value:
      value === null || value.length < 2
        ? null
        : { version: int16(value), table: kind?.value, bytes: value.subarray(2) },
  }
}

/** A message of a version as JSON text; undefined when the table has no such version, or the bytes are damaged. */
export function messageText(table: MessageTable | undefined, version: number, bytes: Uint8Array): string | undefined {
  if (table === undefined || version < table.validVersions.min || version > table.validVersions.max) return undefined
  try {
    return formatMessage(table, version, decodeMessage(table, version, bytes))
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}

/** Makes a formatter for the kinds of records that `isWanted`; what is of another kind is passed over. */
function formatterOf(topic: InternalTopic, isWanted: (kind: string) => boolean) {
  return (record: ConsumerRecord): string | undefined => {
    const decoded = decodeInternal(topic, record)
    if (decoded?.kind === undefined || !isWanted(decoded.kind)) return undefined
    const { type, key, value } = decoded
    const valueText =
      value === null
        ? 'null'
        : `{"version":${value.version},"data":${messageText(value.table, value.version, value.bytes) ?? '"unknown"'}}`
    return `{"key":{"type":${type},"data":${key ?? '"unknown"'}},"value":${valueText}}`
  }
}

export const formatOffsets = formatterOf('groups', kind => /OffsetCommit$/.test(kind))
export const formatGroupMetadata = formatterOf('groups', kind => kind === 'GroupMetadata')
export const formatTransactions = formatterOf('transactions', () => true)
export const formatShareGroup = formatterOf('groups', kind => kind.startsWith('ShareGroup'))
export const formatShareState = formatterOf('share-state', () => true)

function int16(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getInt16(0)
}
