/**
 * Records of the metadata log `__cluster_metadata`, and how a value of that log frames them:
 *
 * ```
 *   frameVersion   unsigned varint   1
 *   apiKey         unsigned varint   which record
 *   version        unsigned varint   of the record's own table
 *   message        the record
 * ```
 *
 * Keys are null. The records of metadata snapshots are framed the same way.
 */
import { ByteReader } from '../bytes/byte-reader.ts'
import { ByteWriter } from '../bytes/byte-writer.ts'
import { DecodeError } from '../bytes/decode-error.ts'
import { createMessage, type PartialMessage, readMessage, supportsVersion, writeMessage } from '../codec/index.ts'
import { abortTransactionRecord } from '../messages/abort-transaction-record.ts'
import { accessControlEntryRecord } from '../messages/access-control-entry-record.ts'
import { beginTransactionRecord } from '../messages/begin-transaction-record.ts'
import { brokerRegistrationChangeRecord } from '../messages/broker-registration-change-record.ts'
import { clearElrRecord } from '../messages/clear-elr-record.ts'
import { clientQuotaRecord } from '../messages/client-quota-record.ts'
import { configRecord } from '../messages/config-record.ts'
import { delegationTokenRecord } from '../messages/delegation-token-record.ts'
import { endTransactionRecord } from '../messages/end-transaction-record.ts'
import { featureLevelRecord } from '../messages/feature-level-record.ts'
import { fenceBrokerRecord } from '../messages/fence-broker-record.ts'
import { noOpRecord } from '../messages/no-op-record.ts'
import { partitionChangeRecord } from '../messages/partition-change-record.ts'
import { partitionRecord } from '../messages/partition-record.ts'
import { producerIdsRecord } from '../messages/producer-ids-record.ts'
import { registerBrokerRecord } from '../messages/register-broker-record.ts'
import { registerControllerRecord } from '../messages/register-controller-record.ts'
import { removeAccessControlEntryRecord } from '../messages/remove-access-control-entry-record.ts'
import { removeDelegationTokenRecord } from '../messages/remove-delegation-token-record.ts'
import { removeTopicRecord } from '../messages/remove-topic-record.ts'
import { removeUserScramCredentialRecord } from '../messages/remove-user-scram-credential-record.ts'
import { topicRecord } from '../messages/topic-record.ts'
import { unfenceBrokerRecord } from '../messages/unfence-broker-record.ts'
import { unregisterBrokerRecord } from '../messages/unregister-broker-record.ts'
import { unregisterControllerRecord } from '../messages/unregister-controller-record.ts'
import { userScramCredentialRecord } from '../messages/user-scram-credential-record.ts'
import { zkMigrationStateRecord } from '../messages/zk-migration-state-record.ts'
import type { MessageOf, MessageTable } from '../table/index.ts'

/** Table of each type of record, by name. */
export const metadataRecordTables = {
  AbortTransactionRecord: abortTransactionRecord,
  AccessControlEntryRecord: accessControlEntryRecord,
  BeginTransactionRecord: beginTransactionRecord,
  BrokerRegistrationChangeRecord: brokerRegistrationChangeRecord,
  ClearElrRecord: clearElrRecord,
  ClientQuotaRecord: clientQuotaRecord,
  ConfigRecord: configRecord,
  DelegationTokenRecord: delegationTokenRecord,
  EndTransactionRecord: endTransactionRecord,
  FeatureLevelRecord: featureLevelRecord,
  FenceBrokerRecord: fenceBrokerRecord,
  NoOpRecord: noOpRecord,
  PartitionChangeRecord: partitionChangeRecord,
  PartitionRecord: partitionRecord,
  ProducerIdsRecord: producerIdsRecord,
  RegisterBrokerRecord: registerBrokerRecord,
  RegisterControllerRecord: registerControllerRecord,
  RemoveAccessControlEntryRecord: removeAccessControlEntryRecord,
  RemoveDelegationTokenRecord: removeDelegationTokenRecord,
  RemoveTopicRecord: removeTopicRecord,
  RemoveUserScramCredentialRecord: removeUserScramCredentialRecord,
  TopicRecord: topicRecord,
  UnfenceBrokerRecord: unfenceBrokerRecord,
  UnregisterBrokerRecord: unregisterBrokerRecord,
  UnregisterControllerRecord: unregisterControllerRecord,
  UserScramCredentialRecord: userScramCredentialRecord,
  ZkMigrationStateRecord: zkMigrationStateRecord,
} as const

type MetadataRecordTables = typeof metadataRecordTables

/** Names of the record types: `TopicRecord`. */
export type MetadataRecordType = keyof MetadataRecordTables

/** A record of the metadata log: which type, in which version, and its value. Switch on `type`. */
export type MetadataRecord = {
  [Type in MetadataRecordType]: {
    readonly type: Type
    readonly version: number
    readonly value: MessageOf<MetadataRecordTables[Type]>
  }
}[MetadataRecordType]

/** Makes a record; what `value` leaves out takes its default. */
export function metadataRecord<Type extends MetadataRecordType>(
  type: Type,
  version: number,
  value: PartialMessage<MetadataRecordTables[Type]>,
): MetadataRecord {
  // A union of tables is no table to the compiler: what ties them together is `type`.
  const table: MessageTable = metadataRecordTables[type]
  return { type, version, value: createMessage(table, value as object) } as MetadataRecord
}

const frameVersion = 1

/** A record as the value of a log record. Throws an `EncodeError` if its version has no place for what it says. */
export function encodeMetadataRecord(record: MetadataRecord): Uint8Array {
  const table: MessageTable = metadataRecordTables[record.type]
  const writer = new ByteWriter(64)
  writer.uvarint(frameVersion)
  writer.uvarint(table.apiKey!)
  writer.uvarint(record.version)
  writeMessage(table, record.version, record.value as MessageOf<MessageTable>, writer)
  return writer.finishBytes()
}

/** Reads the value of a log record. Throws a `DecodeError`: not a frame, an unknown type or version, bytes left over. */
export function decodeMetadataRecord(bytes: Uint8Array): MetadataRecord {
  const reader = new ByteReader(bytes)
  const frame = reader.uvarint()
  if (frame !== frameVersion)
    throw new DecodeError(`metadata record in frame version ${frame}; known is ${frameVersion}`)
  const apiKey = reader.uvarint()
  const version = reader.uvarint()
  const table = tablesByKey.get(apiKey)
  if (table === undefined) throw new DecodeError(`no metadata record has the api key ${apiKey}`)
  if (!supportsVersion(table, version))
    throw new DecodeError(`no version ${version} of this record`, { message: table.name, version })
  const value = readMessage(table, version, reader)
  if (reader.remaining > 0) {
    throw new DecodeError(`${reader.remaining} bytes after the record`, {
      message: table.name,
      version,
      offset: reader.offset,
    })
  }
  return { type: table.name, version, value } as MetadataRecord
}

const tablesByKey: ReadonlyMap<number, MessageTable> = new Map(
  Object.values(metadataRecordTables).map((table: MessageTable) => [table.apiKey!, table]),
)
