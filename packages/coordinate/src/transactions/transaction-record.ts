/**
 * Records of `__transaction_state`, and how they are framed:
 *
 * ```
 *   key     int16 0       | transactional id
 *   value   int16 version | value message; null: the id has expired
 * ```
 */
import {
  ByteReader,
  ByteWriter,
  createMessage,
  DecodeError,
  type MessageTable,
  type PartialMessage,
  readMessage,
  supportsVersion,
  type TransactionLogValue,
  transactionLogKey,
  transactionLogValue,
  writeMessage,
} from '@dorsale/protocol'
import type { CoordinatorSerde } from '../shard/coordinator-shard.ts'

export interface TransactionRecord {
  readonly transactionalId: string
  /** Of the value. */
  readonly version: number
  readonly value: TransactionLogValue | null
}

/** Makes a record; what `value` leaves out takes its default. */
export function transactionRecord(
  transactionalId: string,
  version: number,
  value: PartialMessage<typeof transactionLogValue>,
): TransactionRecord {
  return { transactionalId, version, value: createMessage(transactionLogValue, value) }
}

const keyKind = 0

export const transactionRecordSerde: CoordinatorSerde<TransactionRecord> = {
  encode: ({ transactionalId, version, value }) => ({
    key: framed(keyKind, writer =>
      writeMessage(transactionLogKey, 0, createMessage(transactionLogKey, { transactionalId }), writer),
    ),
    value: value === null ? null : framed(version, writer => writeMessage(transactionLogValue, version, value, writer)),
  }),

  decode(key, value) {
    const keyReader = new ByteReader(key)
    if (keyReader.int16() !== keyKind) return undefined
    const { transactionalId } = readMessage(transactionLogKey, 0, keyReader)
    if (value === null) return { transactionalId, version: 0, value: null }
    const reader = new ByteReader(value)
    const version = reader.int16()
    const table: MessageTable = transactionLogValue
    if (!supportsVersion(table, version)) {
      throw new DecodeError(`no version ${version} of this record`, { message: table.name, version })
    }
    return { transactionalId, version, value: readMessage(transactionLogValue, version, reader) }
  },
}

function framed(prefix: number, write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter(128)
  writer.int16(prefix)
  write(writer)
  return writer.finishBytes()
}
