/** What the records of a log say, by the kind of log: text, or the messages of Kafka's internal topics as JSON. */
import { assert } from '@dorsale/base'
import {
  allMessages,
  consumerProtocolAssignment,
  consumerProtocolSubscription,
  DecodeError,
  decodeMetadataRecord,
  formatMessage,
  type MessageTable,
} from '@dorsale/protocol'
import { type SyncSerde, stringSerde } from '@dorsale/serde'
import { decodeInternal, type InternalTopic, messageText } from '../kafka/internal-topics.ts'

/** Undefined: there is nothing to print. */
export interface DecodedPayloads {
  readonly key: string | undefined
  readonly payload: string | undefined
}

export interface RawRecord {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}

export type RecordDecoder = (record: RawRecord) => DecodedPayloads

/** Keys and values as text, or as a serde reads them. */
export function textDecoder(
  key: SyncSerde<unknown, never> = stringSerde,
  value: SyncSerde<unknown, never> = stringSerde,
): RecordDecoder {
  const read = (serde: SyncSerde<unknown, never>, bytes: Uint8Array | null, isKey: boolean) =>
    bytes === null ? undefined : String(serde.deserialize(bytes, { topic: '', isKey, headers: [] }))
  return record => ({ key: read(key, record.key, true), payload: read(value, record.value, false) })
}

/** `__consumer_offsets`, `__transaction_state` and `__share_group_state`. */
export function internalDecoder(topic: InternalTopic): RecordDecoder {
  return record => {
    const decoded = decodeInternal(topic, record)
    if (decoded === undefined) return { key: undefined, payload: undefined }
    const { type, key, kind, value } = decoded
    if (key === undefined) return { key: `unknown record type ${type}`, payload: undefined }
    if (value === null) return { key: `{"type":"${type}","data":${key}}`, payload: '<DELETE>' }
    const text = messageText(value.table, value.version, value.bytes)
    const data = text === undefined ? '"unknown"' : kind === 'GroupMetadata' ? withProtocol(text) : text
    return { key: `{"type":"${type}","data":${key}}`, payload: `{"version":"${value.version}","data":${data}}` }
  }
}

/** `__cluster_metadata`. */
export const metadataDecoder: RecordDecoder = ({ value }) => {
  if (value === null) return { key: undefined, payload: undefined }
  try {
    const { type, version, value: data } = decodeMetadataRecord(value)
    const name = type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()
    const text = formatMessage(tableOf(type), version, data as never)
    return { key: undefined, payload: `{"type":"${name}","version":${version},"data":${text}}` }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return { key: undefined, payload: `Error at offset: ${error.message}` }
  }
}

function tableOf(name: string): MessageTable {
  const table = allMessages.find(each => each.type === 'metadata' && each.name === name)
  assert(table !== undefined, `a metadata record has a table: ${name}`)
  return table
}

/** A classic group keeps what its members said as bytes; of consumers it is known what they mean. */
function withProtocol(text: string): string {
  const group = JSON.parse(text)
  if (group.protocolType !== 'consumer') return text
  for (const member of group.members) {
    member.subscription = protocolMessage(consumerProtocolSubscription, member.subscription)
    member.assignment = protocolMessage(consumerProtocolAssignment, member.assignment)
  }
  return JSON.stringify(group)
}

function protocolMessage(table: MessageTable, base64: string | null): unknown {
  const bytes = Buffer.from(base64 ?? '', 'base64')
  if (bytes.length < 2) return base64
  const version = Math.min(bytes.readInt16BE(0), table.validVersions.max)
  const text = messageText(table, version, bytes.subarray(2))
  return text === undefined ? base64 : JSON.parse(text)
}
