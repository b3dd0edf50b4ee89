import { exactInt64, f, int64, type MessageOf, message } from '../table/index.ts'

/** An entry of a transaction index file. */
export const abortedTxn = message({
  name: 'AbortedTxn',
  type: 'data',
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    producerId: f(exactInt64, '0+', 'Id of the producer, -1 for none.'),
    firstOffset: f(int64, '0+', 'First offset.'),
    lastOffset: f(int64, '0+', 'Last offset, included.'),
    lastStableOffset: f(int64, '0+', 'Offset before which every transaction is decided.'),
  },
})

export interface AbortedTxn extends MessageOf<typeof abortedTxn> {}
