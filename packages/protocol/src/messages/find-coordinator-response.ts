import {
  array,
  f,
  int16,
  int32,
  type MessageOf,
  message,
  nullable,
  type StructOf,
  string,
  struct,
} from '../table/index.ts'

const coordinator = struct('Coordinator', {
  key: f(string, '4+'),
  nodeId: f(int32, '4+', 'Id of the node.', { entityType: 'brokerId' }),
  host: f(string, '4+', 'Host name or address.'),
  port: f(int32, '4+', 'TCP port.'),
  errorCode: f(int16, '4+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '4+', 'What went wrong, for people; null when nothing did.', { ignorable: true }),
})

/** Answers FindCoordinatorRequest. */
export const findCoordinatorResponse = message({
  name: 'FindCoordinatorResponse',
  type: 'response',
  apiKey: 10,
  validVersions: '0-6',
  flexibleVersions: '3+',
  fields: {
    throttleTimeMs: f(int32, '1+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.', {
      ignorable: true,
    }),
    errorCode: f(int16, '0-3', 'Kafka error code, 0 for none.'),
    errorMessage: f(nullable(string), '1-3', 'What went wrong, for people; null when nothing did.', {
      ignorable: true,
    }),
    nodeId: f(int32, '0-3', 'Id of the node.', { entityType: 'brokerId' }),
    host: f(string, '0-3', 'Host name or address.'),
    port: f(int32, '0-3', 'TCP port.'),
    coordinators: f(array(coordinator), '4+'),
  },
})

export interface FindCoordinatorResponse extends MessageOf<typeof findCoordinatorResponse> {}

export interface FindCoordinatorResponseCoordinator extends StructOf<typeof coordinator> {}
