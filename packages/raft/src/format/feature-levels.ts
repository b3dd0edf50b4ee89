import {
  defaultFeatureLevel,
  featureDefinitions,
  kraftVersionFeature,
  metadataVersionFeature,
  metadataVersionLevel,
  metadataVersionNames,
  metadataVersions,
} from '@dorsale/protocol'
import { StorageError } from './storage-error.ts'

/** What a new cluster starts with. */
export interface EffectiveLevels {
  readonly metadataVersion: number
  readonly kraftVersion: number
  /** Every feature above level 0 but `kraft.version`, `metadata.version` first, the others by name. */
  readonly recorded: readonly (readonly [name: string, level: number])[]
}

/** The levels that a release implies, with what was asked for in particular. Throws a `StorageError` with Kafka's reason. */
export function effectiveLevels(options: {
  readonly releaseVersion?: string | undefined
  readonly features?: ReadonlyMap<string, number> | undefined
}): EffectiveLevels {
  const asked = options.features ?? new Map<string, number>()
  const metadataVersion = metadataLevel(options.releaseVersion, asked.get(metadataVersionFeature))
  const levels = new Map(
    featureDefinitions.map(definition => [definition.name, defaultFeatureLevel(definition, metadataVersion)]),
  )
  // The voters of a directory that we format are always in the log.
  levels.set(kraftVersionFeature, 1)
  for (const [name, level] of asked) {
    if (name !== metadataVersionFeature) levels.set(name, checkAsked(name, level))
  }
  checkDependencies(new Map([...levels, [metadataVersionFeature, metadataVersion]]))

  const kraftVersion = levels.get(kraftVersionFeature)!
  if (kraftVersion === 0) {
    throw new StorageError(
      'Cannot set kraft.version to 0 if controller.quorum.voters is empty and one of the flags --standalone, --initial-controllers, or --no-initial-controllers is used. For dynamic controllers support, try removing the --feature flag for kraft.version.',
    )
  }
  levels.delete(kraftVersionFeature)
  const others = [...levels].filter(([, level]) => level > 0).sort(([left], [right]) => (left < right ? -1 : 1))
  return { metadataVersion, kraftVersion, recorded: [[metadataVersionFeature, metadataVersion], ...others] }
}

function metadataLevel(releaseVersion: string | undefined, askedLevel: number | undefined): number {
  if (releaseVersion !== undefined && askedLevel !== undefined) {
    throw new StorageError(`Use --release-version instead of --feature ${metadataVersionFeature}=X`)
  }
  const level =
    releaseVersion === undefined ? (askedLevel ?? metadataVersions.newest) : metadataVersionLevel(releaseVersion)
  if (level === undefined || !metadataVersionNames.has(level)) {
    const known = [...metadataVersionNames.values()].join(', ')
    throw new StorageError(
      `Unknown ${metadataVersionFeature} '${releaseVersion ?? askedLevel}'. Supported ${metadataVersionFeature} are: ${known}`,
    )
  }
  return level
}

function checkAsked(name: string, level: number): number {
  const definition = featureDefinitions.find(each => each.name === name)
  if (definition === undefined) {
    const known = featureDefinitions.map(each => each.name).sort()
    throw new StorageError(`Unsupported feature: ${name}. Supported features are: ${known.join(', ')}`)
  }
  if (!definition.levels.some(each => each.level === level)) {
    throw new StorageError(`No feature:${name} with feature level ${level}`)
  }
  return level
}

function checkDependencies(levels: ReadonlyMap<string, number>): void {
  for (const definition of featureDefinitions) {
    const level = levels.get(definition.name) ?? 0
    const dependencies = definition.levels.find(each => each.level === level)?.dependencies ?? new Map<string, number>()
    for (const [name, least] of dependencies) {
      if ((levels.get(name) ?? 0) < least) {
        throw new StorageError(
          `${definition.name} could not be set to ${level} because it depends on ${name} level ${least}`,
        )
      }
    }
  }
}
