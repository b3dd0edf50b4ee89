/**
 * Control records of the metadata log and of its snapshots. A control batch holds nothing else; each record's key says its type,
 *
 * ```
 *   key     version int16 (0), type int16     2 leader change, 3 snapshot header, 4 snapshot footer, 5 kraft version, 6 voters
 *   value   the message of that type
 * ```
 */
import {
  type BatchHeader,
  buildBatch,
  controlRecordTypeSchema,
  createMessage,
  DecodeError,
  decodeMessage,
  encodeMessageBytes,
  kRaftVersionRecord,
  leaderChangeMessage,
  type MessageOf,
  type MessageTable,
  readRecords,
  snapshotFooterRecord,
  snapshotHeaderRecord,
  votersRecord,
} from '@dorsale/protocol'
import type { Voter } from './voters.ts'

export type ControlRecord =
  | { readonly type: 'leader-change'; readonly leaderId: number; readonly voterIds: readonly number[] }
  | { readonly type: 'snapshot-header'; readonly lastContainedTimestamp: number }
  | { readonly type: 'snapshot-footer' }
  | { readonly type: 'kraft-version'; readonly version: number }
  | { readonly type: 'voters'; readonly voters: readonly Voter[] }

const typeCodes = {
  'leader-change': 2,
  'snapshot-header': 3,
  'snapshot-footer': 4,
  'kraft-version': 5,
  voters: 6,
} as const

/** Version of every control message that Kafka 4.4 writes, inside the message and as its schema. */
const messageVersion = 0

export interface ControlBatchPlace {
  readonly baseOffset: number
  readonly epoch: number
  readonly timestamp: number
}

/** One control batch of these records. */
export function buildControlBatch(records: readonly ControlRecord[], place: ControlBatchPlace): Uint8Array {
  return buildBatch(
    records.map(record => ({
      timestamp: place.timestamp,
      key: encodeKey(typeCodes[record.type]),
      value: encodeValue(record),
    })),
    { baseOffset: place.baseOffset, partitionLeaderEpoch: place.epoch, control: true },
  )
}

/** The control records of a batch; of types unknown here, nothing. */
export function readControlBatch(header: BatchHeader): ControlRecord[] {
  const found: ControlRecord[] = []
  for (const { key, value } of readRecords(header)) {
    if (key === null || value === null) throw new DecodeError('a control record lacks its key or value')
    const record = decodeControl(controlType(key), value)
    if (record !== undefined) found.push(record)
  }
  return found
}

function encodeKey(type: number): Uint8Array {
  const key = new Uint8Array(4)
  new DataView(key.buffer).setInt16(2, type)
  return key
}

function controlType(key: Uint8Array): number {
  // Later versions of the key may carry more; the type stays where it is.
  if (key.length < 4) throw new DecodeError(`a control record's key has ${key.length} bytes; 4 are needed`)
  return decodeMessage(controlRecordTypeSchema, 0, key.subarray(2), { trailing: 'ignore' }).type
}

function encodeValue(record: ControlRecord): Uint8Array {
  const encode = <T extends MessageTable>(table: T, value: MessageOf<T>): Uint8Array =>
    encodeMessageBytes(table, messageVersion, value)
  switch (record.type) {
    case 'leader-change':
      return encode(
        leaderChangeMessage,
        createMessage(leaderChangeMessage, {
          leaderId: record.leaderId,
          voters: record.voterIds.map(voterId => ({ voterId })),
          grantingVoters: record.voterIds.map(voterId => ({ voterId })),
        }),
      )
    case 'snapshot-header':
      return encode(
        snapshotHeaderRecord,
        createMessage(snapshotHeaderRecord, { lastContainedLogTimestamp: record.lastContainedTimestamp }),
      )
    case 'snapshot-footer':
      return encode(snapshotFooterRecord, createMessage(snapshotFooterRecord))
    case 'kraft-version':
      return encode(kRaftVersionRecord, createMessage(kRaftVersionRecord, { kRaftVersion: record.version }))
    case 'voters':
      return encode(
        votersRecord,
        createMessage(votersRecord, {
          voters: record.voters.map(voter => ({
            voterId: voter.id,
            voterDirectoryId: voter.directoryId,
            endpoints: voter.endpoints.map(endpoint => ({ ...endpoint })),
            kRaftVersionFeature: {
              minSupportedVersion: voter.kraftVersions.min,
              maxSupportedVersion: voter.kraftVersions.max,
            },
          })),
        }),
      )
  }
}

function decodeControl(type: number, bytes: Uint8Array): ControlRecord | undefined {
  switch (type) {
    case typeCodes['leader-change']: {
      const message = decodeMessage(leaderChangeMessage, messageVersion, bytes, { trailing: 'ignore' })
      return { type: 'leader-change', leaderId: message.leaderId, voterIds: message.voters.map(voter => voter.voterId) }
    }
    case typeCodes['snapshot-header']: {
      const message = decodeMessage(snapshotHeaderRecord, messageVersion, bytes)
      return { type: 'snapshot-header', lastContainedTimestamp: message.lastContainedLogTimestamp }
    }
    case typeCodes['snapshot-footer']:
      return { type: 'snapshot-footer' }
    case typeCodes['kraft-version']:
      return { type: 'kraft-version', version: decodeMessage(kRaftVersionRecord, messageVersion, bytes).kRaftVersion }
    case typeCodes.voters: {
      const { voters } = decodeMessage(votersRecord, messageVersion, bytes)
      return {
        type: 'voters',
        voters: voters.map(voter => ({
          id: voter.voterId,
          directoryId: voter.voterDirectoryId,
          endpoints: voter.endpoints,
          kraftVersions: {
            min: voter.kRaftVersionFeature.minSupportedVersion,
            max: voter.kRaftVersionFeature.maxSupportedVersion,
          },
        })),
      }
    }
    default:
      return undefined
  }
}
