import {
  array,
  exactInt64,
  f,
  int16,
  int32,
  int64,
  type MessageOf,
  message,
  type StructOf,
  struct,
  uint32,
} from '../table/index.ts'

const producerEntry = struct('ProducerEntry', {
  producerId: f(exactInt64, '1', 'Id of the producer, -1 for none.'),
  epoch: f(int16, '1'),
  lastSequence: f(int32, '1', 'Sequence number of the last record written.'),
  lastOffset: f(int64, '1', 'Last offset, included.'),
  offsetDelta: f(int32, '1'),
  timestamp: f(int64, '1', 'Milliseconds since 1970.'),
  coordinatorEpoch: f(int32, '1', 'Epoch of the transaction coordinator.'),
  currentTxnFirstOffset: f(int64, '1', 'Offset where the open transaction began, -1 without one.'),
})

/** A producer snapshot file. */
export const producerSnapshot = message({
  name: 'ProducerSnapshot',
  type: 'data',
  validVersions: '1',
  flexibleVersions: 'none',
  fields: {
    crc: f(uint32, '1'),
    producerEntries: f(array(producerEntry), '1'),
  },
})

export interface ProducerSnapshot extends MessageOf<typeof producerSnapshot> {}

export interface ProducerSnapshotEntry extends StructOf<typeof producerEntry> {}
