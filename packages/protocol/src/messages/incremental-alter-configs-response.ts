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
  errorMessage: f(nullable(string), '0+'),
  resourceType: f(int8, '0+'),
  resourceName: f(string, '0+'),
})

/** IncrementalAlterConfigsResponse. */
export const incrementalAlterConfigsResponse = message({
  name: 'IncrementalAlterConfigsResponse',
  type: 'response',
  apiKey: 44,
  validVersions: '0-1',
  flexibleVersions: '1+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    responses: f(array(alterConfigsResourceResponse), '0+'),
  },
})

export interface IncrementalAlterConfigsResponse extends MessageOf<typeof incrementalAlterConfigsResponse> {}

export interface IncrementalAlterConfigsResponseAlterConfigsResourceResponse
  extends StructOf<typeof alterConfigsResourceResponse> {}
