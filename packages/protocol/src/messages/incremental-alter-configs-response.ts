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

/** Answers IncrementalAlterConfigsRequest. */
export const incrementalAlterConfigsResponse = message({
  name: 'IncrementalAlterConfigsResponse',
  type: 'response',
  apiKey: 44,
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    responses: f(array(alterConfigsResourceResponse), '0+', 'Answers by topic.'),
  },
})

export interface IncrementalAlterConfigsResponse extends MessageOf<typeof incrementalAlterConfigsResponse> {}

export interface IncrementalAlterConfigsResponseAlterConfigsResourceResponse
  extends StructOf<typeof alterConfigsResourceResponse> {}
