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

/** AlterConfigsResponse. */
export const alterConfigsResponse = message({
  name: 'AlterConfigsResponse',
  type: 'response',
  apiKey: 33,
  validVersions: '0-2',
  flexibleVersions: '2+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    responses: f(array(alterConfigsResourceResponse), '0+'),
  },
})

export interface AlterConfigsResponse extends MessageOf<typeof alterConfigsResponse> {}

export interface AlterConfigsResponseResourceResponse extends StructOf<typeof alterConfigsResourceResponse> {}
