import { bool, f, int8, type MessageOf, message } from '../table/index.ts'

/** DescribeClusterRequest. */
export const describeClusterRequest = message({
  name: 'DescribeClusterRequest',
  type: 'request',
  apiKey: 60,
  listeners: ['broker', 'controller'],
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    includeClusterAuthorizedOperations: f(bool, '0+'),
    endpointType: f(int8, '1+', { default: 1 }),
    includeFencedBrokers: f(bool, '2+'),
  },
})

export interface DescribeClusterRequest extends MessageOf<typeof describeClusterRequest> {}
