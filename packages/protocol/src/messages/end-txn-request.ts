import { bool, exactInt64, f, int16, type MessageOf, message, string } from '../table/index.ts'

/** EndTxnRequest. */
export const endTxnRequest = message({
  name: 'EndTxnRequest',
  type: 'request',
  apiKey: 26,
  listeners: ['broker'],
  validVersions: '0-5',
  flexibleVersions: '3+',
  fields: {
    transactionalId: f(string, '0+', { entityType: 'transactionalId' }),
    producerId: f(exactInt64, '0+', { entityType: 'producerId' }),
    producerEpoch: f(int16, '0+'),
    committed: f(bool, '0+'),
  },
})

export interface EndTxnRequest extends MessageOf<typeof endTxnRequest> {}
