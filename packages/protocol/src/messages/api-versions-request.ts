import { f, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/** ApiVersionsRequest. */
export const apiVersionsRequest = message({
  name: 'ApiVersionsRequest',
  type: 'request',
  apiKey: 18,
  listeners: ['broker', 'controller'],
  validVersions: '0-5',
  flexibleVersions: '3+',
  fields: {
    clientSoftwareName: f(string, '3+', { ignorable: true }),
    clientSoftwareVersion: f(string, '3+', { ignorable: true }),
    clusterId: f(nullable(string), '5+', { default: null, ignorable: true }),
    nodeId: f(int32, '5+', { default: -1, ignorable: true }),
  },
})

export interface ApiVersionsRequest extends MessageOf<typeof apiVersionsRequest> {}
