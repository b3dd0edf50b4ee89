/**
 * ApiVersions, key 18, versions 0 to 5: what this broker serves, so that a client asks for nothing else.
 *
 * - v1 adds the throttle time; v3 is flexible and carries the client's software name and version, and the cluster's features; v4 shows features
 *   whose oldest version is 0; v5 names the cluster and node that the client believes it speaks to, both or neither.
 * - A version that is not served is answered in version 0 with UNSUPPORTED_VERSION and this API's own range: the client then knows how to ask.
 * - The response header stays at version 0 in every version (KIP-511).
 * - Only what has a handler is named.
 */
import {
  type ApiVersionsRequest,
  type ApiVersionsResponse,
  apiVersionsResponse,
  createMessage,
  encodeMessage,
  errorCodes,
  kraftVersionFeature,
} from '@dorsale/protocol'
import { defineApi } from '../api.ts'
import type { BrokerCore } from '../core.ts'

export const apiVersionsKey = 18

export const apiVersionsApi = defineApi<ApiVersionsRequest, ApiVersionsResponse>({
  key: apiVersionsKey,

  handle(core, request, call) {
    if (call.apiVersion >= 3 && !isSoftware(request))
      return this.refuse(request, errorCodes.INVALID_REQUEST, call.apiVersion)
    if ((request.clusterId === null) !== (request.nodeId === -1)) {
      return this.refuse(request, errorCodes.INVALID_REQUEST, call.apiVersion)
    }
    if (isForAnother(core, request)) return this.refuse(request, errorCodes.REBOOTSTRAP_REQUIRED, call.apiVersion)
    if (call.apiVersion >= 3) {
      const { clientSoftwareName: name, clientSoftwareVersion: version } = request
      core.telemetry?.named(call.connection, { name, version })
    }
    return describe(core, call.apiVersion)
  },

  refuse: (_request, errorCode) => createMessage(apiVersionsResponse, { errorCode }),
})

/** The body of the answer to a version above `versionMax`. */
export function refusedVersion(versionMax: number): Uint8Array[] {
  const response = createMessage(apiVersionsResponse, {
    errorCode: errorCodes.UNSUPPORTED_VERSION,
    apiKeys: [{ apiKey: apiVersionsKey, minVersion: 0, maxVersion: versionMax }],
  })
  return encodeMessage(apiVersionsResponse, 0, response)
}

function describe(core: BrokerCore, apiVersion: number): ApiVersionsResponse {
  const { image } = core
  const supported = image.brokers.get(core.nodeId)?.features ?? []
  return createMessage(apiVersionsResponse, {
    apiKeys: core.servedApis.map(api => ({ ...api })),
    // Clients of v3 take a range that starts at 0 for a protocol error (KAFKA-17011).
    supportedFeatures: supported
      .filter(feature => apiVersion >= 4 || feature.minSupportedVersion > 0)
      .map(({ name, minSupportedVersion, maxSupportedVersion }) => ({
        name,
        minVersion: minSupportedVersion,
        maxVersion: maxSupportedVersion,
      })),
    finalizedFeaturesEpoch: image.offset,
    finalizedFeatures: finalizedLevels(core).map(([name, level]) => ({
      name,
      maxVersionLevel: level,
      minVersionLevel: level,
    })),
  })
}

/** The level of `kraft.version` stands in the metadata log's voter set, those of the others in its records. */
function finalizedLevels({ image, quorum }: BrokerCore): [name: string, level: number][] {
  const { kraftVersion } = quorum()
  const levels = [...image.features]
  return kraftVersion > 0 ? [...levels, [kraftVersionFeature, kraftVersion]] : levels
}

/** Kafka's rule for both names: letters, digits, `.` and `-`, beginning and ending with a letter or digit. */
function isSoftware({ clientSoftwareName, clientSoftwareVersion }: ApiVersionsRequest): boolean {
  return softwarePattern.test(clientSoftwareName) && softwarePattern.test(clientSoftwareVersion)
}

/** A client that was told another cluster or node at this address must find its cluster again (KIP-1242). */
function isForAnother(core: BrokerCore, { clusterId, nodeId }: ApiVersionsRequest): boolean {
  return clusterId !== null && (clusterId !== core.clusterId || nodeId !== core.nodeId)
}

const softwarePattern = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?$/
