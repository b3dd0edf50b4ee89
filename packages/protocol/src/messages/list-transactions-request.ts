import { array, exactInt64, f, int64, type MessageOf, message, nullable, string } from '../table/index.ts'

/** ListTransactionsRequest. */
export const listTransactionsRequest = message({
  name: 'ListTransactionsRequest',
  type: 'request',
  apiKey: 66,
  listeners: ['broker'],
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    stateFilters: f(array(string), '0+'),
    producerIdFilters: f(array(exactInt64), '0+', { entityType: 'producerId' }),
    durationFilter: f(int64, '1+', { default: -1 }),
    transactionalIdPattern: f(nullable(string), '2+', { default: null }),
  },
})

export interface ListTransactionsRequest extends MessageOf<typeof listTransactionsRequest> {}
