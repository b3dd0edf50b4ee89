import { array, f, int8, type MessageOf, message } from '../table/index.ts'

/** Lists resources that have configuration. v0 was ListClientMetricsResources. */
export const listConfigResourcesRequest = message({
  name: 'ListConfigResourcesRequest',
  type: 'request',
  apiKey: 74,
  listeners: ['broker'],
  validVersions: '0-1',
  flexibleVersions: '0+',
  fields: {
    resourceTypes: f(array(int8), '1+'),
  },
})

export interface ListConfigResourcesRequest extends MessageOf<typeof listConfigResourcesRequest> {}
