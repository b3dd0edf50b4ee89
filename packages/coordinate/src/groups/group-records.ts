/**
 * Records of `__consumer_offsets`, and how they are framed:
 *
 * ```
 *   key     int16 kind of record | key message, version 0
 *   value   int16 version        | value message; null: the key is deleted
 * ```
 */
import {
  ByteReader,
  ByteWriter,
  consumerGroupCurrentMemberAssignmentKey,
  consumerGroupCurrentMemberAssignmentValue,
  consumerGroupMemberMetadataKey,
  consumerGroupMemberMetadataValue,
  consumerGroupMetadataKey,
  consumerGroupMetadataValue,
  consumerGroupPartitionMetadataKey,
  consumerGroupPartitionMetadataValue,
  consumerGroupRegularExpressionKey,
  consumerGroupRegularExpressionValue,
  consumerGroupTargetAssignmentMemberKey,
  consumerGroupTargetAssignmentMemberValue,
  consumerGroupTargetAssignmentMetadataKey,
  consumerGroupTargetAssignmentMetadataValue,
  createMessage,
  DecodeError,
  groupMetadataKey,
  groupMetadataValue,
  type MessageOf,
  type MessageTable,
  offsetCommitKey,
  offsetCommitValue,
  type PartialMessage,
  readMessage,
  shareGroupCurrentMemberAssignmentKey,
  shareGroupCurrentMemberAssignmentValue,
  shareGroupMemberMetadataKey,
  shareGroupMemberMetadataValue,
  shareGroupMetadataKey,
  shareGroupMetadataValue,
  shareGroupStatePartitionMetadataKey,
  shareGroupStatePartitionMetadataValue,
  shareGroupTargetAssignmentMemberKey,
  shareGroupTargetAssignmentMemberValue,
  shareGroupTargetAssignmentMetadataKey,
  shareGroupTargetAssignmentMetadataValue,
  supportsVersion,
  writeMessage,
} from '@dorsale/protocol'
import type { CoordinatorSerde } from '../shard/coordinator-shard.ts'

interface Tables {
  readonly GroupMetadata: { readonly key: typeof groupMetadataKey; readonly value: typeof groupMetadataValue }
  readonly OffsetCommit: { readonly key: typeof offsetCommitKey; readonly value: typeof offsetCommitValue }
  readonly ConsumerGroupMetadata: {
    readonly key: typeof consumerGroupMetadataKey
    readonly value: typeof consumerGroupMetadataValue
  }
  readonly ConsumerGroupPartitionMetadata: {
    readonly key: typeof consumerGroupPartitionMetadataKey
    readonly value: typeof consumerGroupPartitionMetadataValue
  }
  readonly ConsumerGroupMemberMetadata: {
    readonly key: typeof consumerGroupMemberMetadataKey
    readonly value: typeof consumerGroupMemberMetadataValue
  }
  readonly ConsumerGroupTargetAssignmentMetadata: {
    readonly key: typeof consumerGroupTargetAssignmentMetadataKey
    readonly value: typeof consumerGroupTargetAssignmentMetadataValue
  }
  readonly ConsumerGroupTargetAssignmentMember: {
    readonly key: typeof consumerGroupTargetAssignmentMemberKey
    readonly value: typeof consumerGroupTargetAssignmentMemberValue
  }
  readonly ConsumerGroupCurrentMemberAssignment: {
    readonly key: typeof consumerGroupCurrentMemberAssignmentKey
    readonly value: typeof consumerGroupCurrentMemberAssignmentValue
  }
  readonly ConsumerGroupRegularExpression: {
    readonly key: typeof consumerGroupRegularExpressionKey
    readonly value: typeof consumerGroupRegularExpressionValue
  }
  readonly ShareGroupMetadata: {
    readonly key: typeof shareGroupMetadataKey
    readonly value: typeof shareGroupMetadataValue
  }
  readonly ShareGroupMemberMetadata: {
    readonly key: typeof shareGroupMemberMetadataKey
    readonly value: typeof shareGroupMemberMetadataValue
  }
  readonly ShareGroupTargetAssignmentMetadata: {
    readonly key: typeof shareGroupTargetAssignmentMetadataKey
    readonly value: typeof shareGroupTargetAssignmentMetadataValue
  }
  readonly ShareGroupTargetAssignmentMember: {
    readonly key: typeof shareGroupTargetAssignmentMemberKey
    readonly value: typeof shareGroupTargetAssignmentMemberValue
  }
  readonly ShareGroupCurrentMemberAssignment: {
    readonly key: typeof shareGroupCurrentMemberAssignmentKey
    readonly value: typeof shareGroupCurrentMemberAssignmentValue
  }
  readonly ShareGroupStatePartitionMetadata: {
    readonly key: typeof shareGroupStatePartitionMetadataKey
    readonly value: typeof shareGroupStatePartitionMetadataValue
  }
}

const tables: Tables = {
  GroupMetadata: { key: groupMetadataKey, value: groupMetadataValue },
  OffsetCommit: { key: offsetCommitKey, value: offsetCommitValue },
  ConsumerGroupMetadata: { key: consumerGroupMetadataKey, value: consumerGroupMetadataValue },
  ConsumerGroupPartitionMetadata: {
    key: consumerGroupPartitionMetadataKey,
    value: consumerGroupPartitionMetadataValue,
  },
  ConsumerGroupMemberMetadata: { key: consumerGroupMemberMetadataKey, value: consumerGroupMemberMetadataValue },
  ConsumerGroupTargetAssignmentMetadata: {
    key: consumerGroupTargetAssignmentMetadataKey,
    value: consumerGroupTargetAssignmentMetadataValue,
  },
  ConsumerGroupTargetAssignmentMember: {
    key: consumerGroupTargetAssignmentMemberKey,
    value: consumerGroupTargetAssignmentMemberValue,
  },
  ConsumerGroupCurrentMemberAssignment: {
    key: consumerGroupCurrentMemberAssignmentKey,
    value: consumerGroupCurrentMemberAssignmentValue,
  },
  ConsumerGroupRegularExpression: {
    key: consumerGroupRegularExpressionKey,
    value: consumerGroupRegularExpressionValue,
  },
  ShareGroupMetadata: { key: shareGroupMetadataKey, value: shareGroupMetadataValue },
  ShareGroupMemberMetadata: { key: shareGroupMemberMetadataKey, value: shareGroupMemberMetadataValue },
  ShareGroupTargetAssignmentMetadata: {
    key: shareGroupTargetAssignmentMetadataKey,
    value: shareGroupTargetAssignmentMetadataValue,
  },
  ShareGroupTargetAssignmentMember: {
    key: shareGroupTargetAssignmentMemberKey,
    value: shareGroupTargetAssignmentMemberValue,
  },
  ShareGroupCurrentMemberAssignment: {
    key: shareGroupCurrentMemberAssignmentKey,
    value: shareGroupCurrentMemberAssignmentValue,
  },
  ShareGroupStatePartitionMetadata: {
    key: shareGroupStatePartitionMetadataKey,
    value: shareGroupStatePartitionMetadataValue,
  },
}

/** Kinds of records, by Kafka's names without Key and Value. */
export type GroupRecordType = keyof Tables

/** A record of the offsets topic. Switch on `type`. A null value deletes the key. */
export type GroupRecord = {
  [Type in GroupRecordType]: {
    readonly type: Type
    readonly key: MessageOf<Tables[Type]['key']>
    /** Of the value's table. */
    readonly version: number
    readonly value: MessageOf<Tables[Type]['value']> | null
  }
}[GroupRecordType]

/** Makes a record; what `value` leaves out takes its default. */
export function groupRecord<Type extends GroupRecordType>(
  type: Type,
  key: MessageOf<Tables[Type]['key']>,
  version: number,
  value: PartialMessage<Tables[Type]['value']>,
): GroupRecord {
  // A union of tables is no table to the compiler: what ties them together is `type`.
  const table: MessageTable = tables[type].value
  return { type, key, version, value: createMessage(table, value as object) } as unknown as GroupRecord
}

/** Makes a record that deletes its key. */
export function groupTombstone<Type extends GroupRecordType>(
  type: Type,
  key: MessageOf<Tables[Type]['key']>,
): GroupRecord {
  return { type, key, version: 0, value: null } as GroupRecord
}

const keyVersion = 0
/** Offset commits were first written with a key of kind 0; the key itself is the same. */
const legacyOffsetCommit = 0

export const groupRecordSerde: CoordinatorSerde<GroupRecord> = {
  encode({ type, key, version, value }) {
    const { key: keyTable, value: valueTable }: { key: MessageTable; value: MessageTable } = tables[type]
    return {
      key: framed(keyTable.apiKey as number, keyTable, keyVersion, key as unknown as MessageOf<MessageTable>),
      value: value === null ? null : framed(version, valueTable, version, value as unknown as MessageOf<MessageTable>),
    }
  },

  decode(key, value) {
    const keyReader = new ByteReader(key)
    const kind = keyReader.int16()
    const type = typesByKind.get(kind)
    if (type === undefined) return undefined
    const { key: keyTable, value: valueTable }: { key: MessageTable; value: MessageTable } = tables[type]
    const keyMessage = readMessage(keyTable, keyVersion, keyReader)
    if (value === null) return { type, key: keyMessage, version: 0, value: null } as unknown as GroupRecord
    // A copy: what the record holds as bytes must not pin the piece of the log that it came in.
    const reader = new ByteReader(Uint8Array.from(value))
    const version = reader.int16()
    if (!supportsVersion(valueTable, version)) {
      throw new DecodeError(`no version ${version} of this record`, { message: valueTable.name, version })
    }
    const valueMessage = readMessage(valueTable, version, reader)
    return { type, key: keyMessage, version, value: valueMessage } as unknown as GroupRecord
  },
}

const typesByKind: ReadonlyMap<number, GroupRecordType> = new Map([
  [legacyOffsetCommit, 'OffsetCommit'],
  ...Object.entries(tables).map(([type, { key }]): [number, GroupRecordType] => [
    key.apiKey as number,
    type as GroupRecordType,
  ]),
])

function framed(prefix: number, table: MessageTable, version: number, message: MessageOf<MessageTable>): Uint8Array {
  const writer = new ByteWriter(128)
  writer.int16(prefix)
  writeMessage(table, version, message, writer)
  return writer.finishBytes()
}
