import { bool, f, int8, type MessageOf, message } from '../table/index.ts'

/** Asks for the nodes of the cluster: brokers, or since v1 controllers. */
export const describeClusterRequest = message({
  name: 'DescribeClusterRequest',
  type: 'request',
  apiKey: 60,
  listeners: ['broker', 'controller'],
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    includeClusterAuthorizedOperations: f(
      bool,
      '0+',
      'Whether to name the operations that the caller may do on the cluster.',
    ),
    endpointType: f(int8, '1+', '1 brokers, 2 controllers.', { default: 1 }),
    includeFencedBrokers: f(bool, '2+'),
  },
})

export interface DescribeClusterRequest extends MessageOf<typeof describeClusterRequest> {}
