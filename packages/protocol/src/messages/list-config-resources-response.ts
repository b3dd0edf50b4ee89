import { array, f, int8, int16, int32, type MessageOf, message, type StructOf, string, struct } from '../table/index.ts'

const configResource = struct('ConfigResource', {
  resourceName: f(string, '0+', 'Name of the resource.'),
  resourceType: f(int8, '1+', 'Type of the resource, by number.', { default: 16, ignorable: true }),
})

/** Answers ListConfigResourcesRequest. */
export const listConfigResourcesResponse = message({
  name: 'ListConfigResourcesResponse',
  type: 'response',
  apiKey: 74,
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    throttleTimeMs: f(int32, '0+', 'Milliseconds the client is asked to pause because of a quota, 0 for none.'),
    errorCode: f(int16, '0+', 'Kafka error code, 0 for none.'),
    configResources: f(array(configResource), '0+'),
  },
})

export interface ListConfigResourcesResponse extends MessageOf<typeof listConfigResourcesResponse> {}

export interface ListConfigResourcesResponseConfigResource extends StructOf<typeof configResource> {}
