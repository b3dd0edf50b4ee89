import { atNewest, atVersions, type Step } from '../step.ts'

/** What a client asks first, before there is anything. */
export const clusterSteps: readonly Step[] = [
  ...atVersions('what is served', 'ApiVersions', { clientSoftwareName: 'differ', clientSoftwareVersion: '1.0' }),
  ...atNewest('a client without a proper name', 'ApiVersions', { clientSoftwareName: '-', clientSoftwareVersion: '' }),
  ...atVersions('the cluster', 'DescribeCluster', { includeClusterAuthorizedOperations: true }),
  ...atNewest('the controllers, asked of a broker', 'DescribeCluster', { endpointType: 2 }),
  ...atNewest('an endpoint type that does not exist', 'DescribeCluster', { endpointType: 9 }),
  ...atVersions('no topics', 'Metadata', version => ({ topics: version === 0 ? [] : null })),
  ...atVersions('the quorum', 'DescribeQuorum', {
    topics: [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }],
  }),
  ...atNewest('the quorum of another topic', 'DescribeQuorum', {
    topics: [{ topicName: 'other', partitions: [{ partitionIndex: 0 }] }],
  }),
  ...atVersions('all kinds of resources that have settings', 'ListConfigResources', { resourceTypes: [] }),
]
