import { array, exactInt64, f, int64, type MessageOf, message, nullable, string } from '../table/index.ts'

/** Lists the transactions that a broker coordinates. */
export const listTransactionsRequest = message({
  name: 'ListTransactionsRequest',
  type: 'request',
  apiKey: 66,
  listeners: ['broker'],
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    stateFilters: f(array(string), '0+', 'Only transactions in these states; empty for all.'),
    producerIdFilters: f(array(exactInt64), '0+', 'Only transactions of these producers; empty for all.', {
      entityType: 'producerId',
    }),
    durationFilter: f(int64, '1+', 'Only transactions open for at least this many milliseconds; -1 for all.', {
      default: -1,
    }),
    transactionalIdPattern: f(nullable(string), '2+', { default: null }),
  },
})

export interface ListTransactionsRequest extends MessageOf<typeof listTransactionsRequest> {}
