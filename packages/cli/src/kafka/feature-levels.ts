/** Releases and the feature levels that belong to them, as kafka-features and kafka-storage print them. */
import {
  defaultFeatureLevel,
  featureDefinitions,
  metadataVersionFeature,
  metadataVersionLevel,
  metadataVersionNames,
  metadataVersions,
} from '@dorsale/protocol'
import { usage } from './options.ts'

/** The levels of a release, a line each. Default: the newest. */
export function versionMapping(release = metadataName(metadataVersions.newest)): string {
  return levelsOf(levelOfRelease(release))
    .map(([name, level]) => `${name}=${level}${name === metadataVersionFeature ? ` (${release})` : ''}\n`)
    .join('')
}

/** What each `name=level` needs of other features. */
export function featureDependencies(words: readonly string[]): string {
  if (words.length === 0) throw usage('Missing required argument "[feature]"')
  return words
    .map(word => {
      const [name, level] = parseFeature(word)
      if (name === metadataVersionFeature) return `${word} (${metadataName(level)}) has no dependencies.\n`
      const definition = featureDefinitions.find(each => each.name === name)
      if (definition === undefined) throw usage(`Unknown feature: ${name}`)
      const found = definition.levels.find(each => each.level === level)
      if (found === undefined) throw usage(`Unknown feature level ${level} of ${name}`)
      if (found.dependencies.size === 0) return `${word} has no dependencies.\n`
      const needs = [...found.dependencies].map(
        ([other, least]) =>
          `    ${other}=${least}${other === metadataVersionFeature ? ` (${metadataName(least)})` : ''}\n`,
      )
      return `${word} requires:\n${needs.join('')}`
    })
    .join('')
}

/** `group.version=1`. Throws a sentence. */
export function parseFeature(word: string): [string, number] {
  const [, name, level] = /^([^=]+)=(\d+)$/.exec(word.trim()) ?? []
  if (name === undefined)
    throw usage(`Can't parse feature=level string ${word}: equals sign not found, or no number behind it`)
  return [name, Number(level)]
}

/** `4.4-IV2` */
export function metadataName(level: number): string {
  return metadataVersionNames.get(level) ?? `UNKNOWN ${level}`
}

/** Level of `metadata.version` of a release or of a name. Throws a sentence with all of them. */
export function levelOfRelease(release: string): number {
  const level = metadataVersionLevel(release)
  if (level !== undefined) return level
  throw usage(
    `Unknown metadata.version ${release}. Supported metadata.version are ${[...metadataVersionNames.values()].join(', ')}`,
  )
}

/** What a cluster of this `metadata.version` begins with. */
export function levelsOf(metadataLevel: number): [name: string, level: number][] {
  return [
    [metadataVersionFeature, metadataLevel],
    ...featureDefinitions.map((definition): [string, number] => [
      definition.name,
      defaultFeatureLevel(definition, metadataLevel),
    ]),
  ]
}
