import { f, int32, type MessageOf, message } from '../table/index.ts'

/** EndTxnMarker. */
export const endTxnMarker = message({
  name: 'EndTxnMarker',
  type: 'data',
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    coordinatorEpoch: f(int32, '0+'),
  },
})

export interface EndTxnMarker extends MessageOf<typeof endTxnMarker> {}
