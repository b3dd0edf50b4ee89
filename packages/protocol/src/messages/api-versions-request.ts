import { f, int32, type MessageOf, message, nullable, string } from '../table/index.ts'

/**
 * Asks which APIs and versions the broker serves. The answer has header version 0 always, and version 0 altogether
 * to a version that the broker does not know (KIP-511). v3 names the client; v5 checks cluster and node.
 */
export const apiVersionsRequest = message({
  name: 'ApiVersionsRequest',
  type: 'request',
  apiKey: 18,
  listeners: ['broker', 'controller'],
  validVersions: '0-5',
  flexibleVersions: '3+',
  fields: {
    clientSoftwareName: f(string, '3+', 'Name of the client library.', { ignorable: true }),
    clientSoftwareVersion: f(string, '3+', 'Version of the client library.', { ignorable: true }),
    clusterId: f(nullable(string), '5+', 'Id of the cluster, or null.', { default: null, ignorable: true }),
    nodeId: f(int32, '5+', 'Id of the node.', { default: -1, ignorable: true }),
  },
})

export interface ApiVersionsRequest extends MessageOf<typeof apiVersionsRequest> {}
