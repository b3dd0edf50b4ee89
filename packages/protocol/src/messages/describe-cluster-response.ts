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
  brokerId: f(int32, '0+', { mapKey: true, entityType: 'brokerId' }),
  host: f(string, '0+'),
  port: f(int32, '0+'),
  rack: f(nullable(string), '0+', { default: null }),
  isFenced: f(bool, '2+'),
})

/** DescribeClusterResponse. */
export const describeClusterResponse = message({
  name: 'DescribeClusterResponse',
  type: 'response',
  apiKey: 60,
  validVersions: '0-2',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '0+', { default: null }),
    endpointType: f(int8, '1+', { default: 1 }),
    clusterId: f(string, '0+'),
    controllerId: f(int32, '0+', { default: -1, entityType: 'brokerId' }),
    brokers: f(array(describeClusterBroker), '0+'),
    clusterAuthorizedOperations: f(int32, '0+', { default: -2147483648 }),
  },
})

export interface DescribeClusterResponse extends MessageOf<typeof describeClusterResponse> {}

export interface DescribeClusterResponseBroker extends StructOf<typeof describeClusterBroker> {}
