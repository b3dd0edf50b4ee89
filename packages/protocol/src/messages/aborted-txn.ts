import { exactInt64, f, int64, type MessageOf, message } from '../table/index.ts'

/** AbortedTxn. */
export const abortedTxn = message({
  name: 'AbortedTxn',
  type: 'data',
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    producerId: f(exactInt64, '0+'),
    firstOffset: f(int64, '0+'),
    lastOffset: f(int64, '0+'),
    lastStableOffset: f(int64, '0+'),
  },
})

export interface AbortedTxn extends MessageOf<typeof abortedTxn> {}
