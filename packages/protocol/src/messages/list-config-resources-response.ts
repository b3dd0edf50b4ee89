import { array, f, int8, int16, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const configResource = struct('ConfigResource', {
  resourceName: f(string, '0+'),
  resourceType: f(int8, '1+', { default: 16, ignorable: true }),
})

/** ListConfigResourcesResponse. */
export const listConfigResourcesResponse = message({
  name: 'ListConfigResourcesResponse',
  type: 'response',
  apiKey: 74,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    configResources: f(array(configResource), '0+'),
  },
})

export interface ListConfigResourcesResponse extends MessageOf<typeof listConfigResourcesResponse> {}

export interface ListConfigResourcesResponseConfigResource extends StructOf<typeof configResource> {}
