import { f, int32, type MessageOf, message } from '../table/index.ts'

/** Control record that ends a transaction in a partition. */
export const endTxnMarker = message({
  name: 'EndTxnMarker',
  type: 'data',
  validVersions: '0',
  flexibleVersions: 'none',
  fields: {
    coordinatorEpoch: f(int32, '0+', 'Epoch of the transaction coordinator.'),
  },
})

export interface EndTxnMarker extends MessageOf<typeof endTxnMarker> {}
