/** Features of the cluster: `metadata.version`, `kraft.version`, `group.version`, ... */
import {
  apiVersionsRequest,
  apiVersionsResponse,
  updateFeaturesRequest,
  updateFeaturesResponse,
} from '@dorsale/protocol'
import { clientSoftware } from '../network/api-versions.ts'
import type { AdminCore, CallOptions } from './admin-core.ts'
import { doneOf, refuse } from './answer.ts'
import { Codes, type NameIn } from './codes.ts'
import type { Itemized } from './itemized.ts'
import { toBroker, toController } from './route.ts'

const upgradeTypes = new Codes({ UPGRADE: 1, SAFE_DOWNGRADE: 2, UNSAFE_DOWNGRADE: 3 })

/** Features of the cluster: what is finalized, and what its brokers support. */
export interface FeatureMetadata {
  /** Levels that hold, by feature. */
  readonly finalizedFeatures: ReadonlyMap<
    string,
    { readonly minVersionLevel: number; readonly maxVersionLevel: number }
  >
  /** Rises with each change; undefined: not known. */
  readonly finalizedFeaturesEpoch: number | undefined
  /** Levels that the broker could work with, by feature. */
  readonly supportedFeatures: ReadonlyMap<string, { readonly minVersion: number; readonly maxVersion: number }>
}

export interface DescribeFeaturesOptions extends CallOptions {
  /** Which broker to ask. Default: any. */
  readonly nodeId?: number
}

/** A feature that shall have another level. */
export interface FeatureUpdate {
  readonly feature: string
  /** The level to reach; 0 turns the feature off. */
  readonly maxVersionLevel: number
  /** Whether a lower level is wanted, even where metadata is lost by it. Default: `UPGRADE`. */
  readonly upgradeType?: NameIn<typeof upgradeTypes>
}

export interface UpdateFeaturesOptions extends CallOptions {
  /** Only asks whether it would succeed. Default: false. */
  readonly validateOnly?: boolean
}

export interface FeatureAdmin {
  describeFeatures(options?: DescribeFeaturesOptions): Promise<FeatureMetadata>
  /** Raises or lowers features: since Kafka 4.0 all of them, or none. */
  updateFeatures(updates: readonly FeatureUpdate[], options?: UpdateFeaturesOptions): Itemized<FeatureUpdate, void>
}

export function featureAdmin(core: AdminCore): FeatureAdmin {
  return {
    describeFeatures: (options = {}) =>
      core.one({
        what: 'the features',
        options,
        route: toBroker(() => options.nodeId),
        async ask(link) {
          const response = await core.request(link, apiVersionsRequest, apiVersionsResponse, clientSoftware)
          refuse('the features', response)
          const { supportedFeatures, finalizedFeatures, finalizedFeaturesEpoch } = response
          return {
            finalizedFeatures: new Map(finalizedFeatures.map(({ name, ...levels }) => [name, levels])),
            finalizedFeaturesEpoch: finalizedFeaturesEpoch < 0 ? undefined : finalizedFeaturesEpoch,
            supportedFeatures: new Map(supportedFeatures.map(({ name, ...versions }) => [name, versions])),
          }
        },
      }),

    updateFeatures: (updates, options = {}) =>
      core.each({
        what: 'the change of features',
        keys: updates,
        options,
        route: toController(),
        async ask(link, keys, { timeoutMs }) {
          const response = await core.request(link, updateFeaturesRequest, updateFeaturesResponse, version => ({
            timeoutMs,
            validateOnly: options.validateOnly ?? false,
            featureUpdates: keys.map(({ feature, maxVersionLevel, upgradeType = 'UPGRADE' }) =>
              version >= 1
                ? { feature, maxVersionLevel, upgradeType: upgradeTypes.code(upgradeType) }
                : { feature, maxVersionLevel, allowDowngrade: upgradeType !== 'UPGRADE' },
            ),
          }))
          refuse('the change of features', response)
          const rows = new Map(response.results.map(row => [row.feature, row]))
          // Since version 2 the features have one fate, and no rows.
          return ({ feature }) => doneOf(feature, rows.get(feature) ?? { errorCode: 0 })
        },
      }),
  }
}
