import { exactInt64, f, int16, type MessageOf, message, string } from '../table/index.ts'

/** AddOffsetsToTxnRequest. */
export const addOffsetsToTxnRequest = message({
  name: 'AddOffsetsToTxnRequest',
  type: 'request',
  apiKey: 25,
  listeners: ['broker'],
  validVersions: '0-4',
  flexibleVersions: '3+',
  fields: {
    transactionalId: f(string, '0+', { entityType: 'transactionalId' }),
    producerId: f(exactInt64, '0+', { entityType: 'producerId' }),
    producerEpoch: f(int16, '0+'),
    groupId: f(string, '0+', { entityType: 'groupId' }),
  },
})

export interface AddOffsetsToTxnRequest extends MessageOf<typeof addOffsetsToTxnRequest> {}
