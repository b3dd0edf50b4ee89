import {
  array,
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

const alterConfigsResourceResponse = struct('AlterConfigsResourceResponse', {
  errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
  errorMessage: f(nullable(string), '0+', 'What went wrong, for people; null when nothing did.'),
  resourceType: f(int8, '0+', 'Type of the resource, by number.'),
  resourceName: f(string, '0+', 'Name of the resource.'),
})

/** Answers AlterConfigsRequest. */
export const alterConfigsResponse = message({
  name: 'AlterConfigsResponse',
  type: 'response',
  apiKey: 33,
  validVersions: '0-2',
  flexibleVersions: '2+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    responses: f(array(alterConfigsResourceResponse), '0+', 'Answers by topic.'),
  },
})

export interface AlterConfigsResponse extends MessageOf<typeof alterConfigsResponse> {}

export interface AlterConfigsResponseResourceResponse extends StructOf<typeof alterConfigsResourceResponse> {}
