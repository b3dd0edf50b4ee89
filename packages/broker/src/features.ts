import type { FeatureRange } from '@dorsale/coordinate'
import { featureDefinitions, metadataVersionFeature, metadataVersions } from '@dorsale/protocol'

/** The feature levels that this broker can run at, as it registers them and ApiVersions tells them: every level that Kafka knows. */
export function supportedFeatures(): FeatureRange[] {
  return [
    {
      name: metadataVersionFeature,
      minSupportedVersion: metadataVersions.oldest,
      maxSupportedVersion: metadataVersions.newest,
    },
    ...featureDefinitions.map(({ name, levels }) => ({
      name,
      minSupportedVersion: levels[0]!.level,
      maxSupportedVersion: levels.at(-1)!.level,
    })),
  ]
}
