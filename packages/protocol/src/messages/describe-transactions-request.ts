import { array, f, type MessageOf, message, string } from '../table/index.ts'

/** Asks for the state of transactions. */
export const describeTransactionsRequest = message({
  name: 'DescribeTransactionsRequest',
  type: 'request',
  apiKey: 65,
  listeners: ['broker'],
  validVersions: '0',
  flexibleVersions: '0+',
  fields: {
    transactionalIds: f(array(string), '0+', { entityType: 'transactionalId' }),
  },
})

export interface DescribeTransactionsRequest extends MessageOf<typeof describeTransactionsRequest> {}
