import { exactInt64, f, int16, type MessageOf, message, string } from '../table/index.ts'

/** Adds the offsets of a group to a transaction. */
export const addOffsetsToTxnRequest = message({
  name: 'AddOffsetsToTxnRequest',
  type: 'request',
  apiKey: 25,
  listeners: ['broker'],
  validVersions: '0-4',
  flexibleVersions: '3+',
  fields: {
    transactionalId: f(string, '0+', 'Transactional id, or null without transactions.', {
      entityType: 'transactionalId',
    }),
    producerId: f(exactInt64, '0+', 'Id of the producer, -1 for none.', { entityType: 'producerId' }),
    producerEpoch: f(int16, '0+', 'Epoch of the producer, -1 for none.'),
    groupId: f(string, '0+', 'Id of the group.', { entityType: 'groupId' }),
  },
})

export interface AddOffsetsToTxnRequest extends MessageOf<typeof addOffsetsToTxnRequest> {}
