/**
 * The versions that a broker and this client have in common. A broker that does not know our version of ApiVersions answers
 * UNSUPPORTED_VERSION in the form of version 0, with the versions that it does know: then the question is put again in one of those.
 */
import {
  type ApiVersionsResponse,
  apis,
  apiVersionsResponse,
  decodeMessage,
  errorCodes,
  type MessageTable,
  ProtocolError,
} from '@dorsale/protocol'

export const apiVersionsKey = 18
export const apiVersionsVersionMax = apis.get(apiVersionsKey)!.stableVersionMax

/** How the client names itself in ApiVersions (KIP-511). */
export const clientSoftware = { clientSoftwareName: 'dorsale', clientSoftwareVersion: '0.1.0' }

export type VersionsAnswer =
  | { readonly versions: BrokerVersions }
  /** The broker is another than was meant (KIP-1242). */
  | { readonly isMisrouted: true }
  /** Ask again in this version. */
  | { readonly askVersion: number }

/** Reads an ApiVersions response to a request of `version`. Throws for an error that another version would not mend. */
export function readApiVersions(body: Uint8Array, version: number): VersionsAnswer {
  const errorCode = body.length < 2 ? 0 : new DataView(body.buffer, body.byteOffset).getInt16(0)
  if (errorCode === errorCodes.UNSUPPORTED_VERSION && version > 0) {
    const { apiKeys } = decodeMessage(apiVersionsResponse, 0, body)
    const known = apiKeys.find(({ apiKey }) => apiKey === apiVersionsKey)
    return { askVersion: Math.min(known?.maxVersion ?? 0, version - 1) }
  }
  const response = decodeMessage(apiVersionsResponse, version, body)
  if (response.errorCode === errorCodes.REBOOTSTRAP_REQUIRED) return { isMisrouted: true }
  if (response.errorCode !== errorCodes.NONE) throw new ProtocolError(response.errorCode as ProtocolError['errorCode'])
  return { versions: new BrokerVersions(response.apiKeys, response.finalizedFeatures) }
}

/** What one broker serves. */
export class BrokerVersions {
  readonly #ranges = new Map<number, { min: number; max: number }>()
  readonly #features: ReadonlyMap<string, number>

  constructor(
    apiKeys: ApiVersionsResponse['apiKeys'],
    finalizedFeatures: ApiVersionsResponse['finalizedFeatures'] = [],
  ) {
    for (const { apiKey, minVersion, maxVersion } of apiKeys)
      this.#ranges.set(apiKey, { min: minVersion, max: maxVersion })
    this.#features = new Map(finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]))
  }

  /** Level at which the cluster has a feature (KIP-584), `transaction.version` say; 0 when it has not. */
  featureLevel(name: string): number {
    return this.#features.get(name) ?? 0
  }

  /** The newest version that both sides speak, at most `versionMax`; undefined when there is none. */
  pick(request: MessageTable, versionMax = Number.POSITIVE_INFINITY): number | undefined {
    const api = apis.get(request.apiKey ?? -1)
    const range = this.#ranges.get(request.apiKey ?? -1)
    if (api === undefined || range === undefined) return undefined
    const version = Math.min(range.max, api.stableVersionMax, versionMax)
    return version >= Math.max(range.min, api.versionMin) ? version : undefined
  }

  /** As `pick`; throws UNSUPPORTED_VERSION with a sentence. */
  require(request: MessageTable, versionMax?: number): number {
    const version = this.pick(request, versionMax)
    if (version !== undefined) return version
    const range = this.#ranges.get(request.apiKey ?? -1)
    const name = request.name.replace(/Request$/, '')
    const theirs = range === undefined ? 'does not serve it' : `serves versions ${range.min} to ${range.max}`
    throw new ProtocolError(errorCodes.UNSUPPORTED_VERSION, `no common version of ${name}: the broker ${theirs}`)
  }
}
