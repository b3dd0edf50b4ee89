import {
  array,
  bool,
  f,
  int8,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const describeClusterBroker = struct('DescribeClusterBroker', {
  brokerId: f(int32, '0+', 'Node id of the broker.', { mapKey: true, entityType: 'brokerId' }),
  host: f(string, '0+', 'Host name or address.'),
  port: f(int32, '0+', 'TCP port.'),
  rack: f(nullable(string), '0+', 'Rack, or null.', { default: null }),
  isFenced: f(bool, '2+', 'Whether the broker is registered and not yet, or no longer, serving.'),
})

/** Answers DescribeClusterRequest. */
export const describeClusterResponse = message({
  name: 'DescribeClusterResponse',
  type: 'response',
  apiKey: 60,
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.', { default: null }),
    endpointType: f(int8, '1+', '1 brokers, 2 controllers.', { default: 1 }),
    clusterId: f(string, '0+', 'Id of the cluster, or null.'),
    controllerId: f(int32, '0+', 'Node id of the controller, -1 when there is none.', {
      default: -1,
      entityType: 'brokerId',
    }),
    brokers: f(array(describeClusterBroker), '0+'),
    clusterAuthorizedOperations: f(
      int32,
      '0+',
      'Bits of the operations that the caller may do; -2147483648 when not asked for.',
      { default: -2147483648 },
    ),
  },
})

export interface DescribeClusterResponse extends MessageOf<typeof describeClusterResponse> {}

export interface DescribeClusterResponseBroker extends StructOf<typeof describeClusterBroker> {}
