/**
 * The cluster's features: capabilities with a level that all nodes agree on, kept in FeatureLevelRecords and in the voter set. The level
 * of `metadata.version` says which metadata records, in which versions, may be written.
 */

/** A feature and the levels that Kafka knows; the last is the newest that is not experimental. */
export interface FeatureDefinition {
  readonly name: string
  readonly levels: readonly FeatureLevel[]
}

export interface FeatureLevel {
  readonly level: number
  /** `metadata.version` from which a newly formatted cluster starts with this level. */
  readonly bootstrapMetadataVersion: number
  /** What else must be there. */
  readonly dependencies: ReadonlyMap<string, number>
}

export const metadataVersionFeature = 'metadata.version'
export const kraftVersionFeature = 'kraft.version'
export const elrVersionFeature = 'eligible.leader.replicas.version'

/** Names of the levels of `metadata.version`, by level; the first level that Kafka 4 can still read is 7. */
export const metadataVersionNames: ReadonlyMap<number, string> = new Map([
  [7, '3.3-IV3'],
  [8, '3.4-IV0'],
  [9, '3.5-IV0'],
  [10, '3.5-IV1'],
  [11, '3.5-IV2'],
  [12, '3.6-IV0'],
  [13, '3.6-IV1'],
  [14, '3.6-IV2'],
  [15, '3.7-IV0'],
  [16, '3.7-IV1'],
  [17, '3.7-IV2'],
  [18, '3.7-IV3'],
  [19, '3.7-IV4'],
  [20, '3.8-IV0'],
  [21, '3.9-IV0'],
  [22, '4.0-IV0'],
  [23, '4.0-IV1'],
  [24, '4.0-IV2'],
  [25, '4.0-IV3'],
  [26, '4.1-IV0'],
  [27, '4.1-IV1'],
  [28, '4.2-IV0'],
  [29, '4.2-IV1'],
  [30, '4.3-IV0'],
  [31, '4.4-IV0'],
  [32, '4.4-IV1'],
  [33, '4.4-IV2'],
])

/** Levels at which the shape of metadata records changed. */
export const metadataVersions = {
  oldest: 7,
  /** Clusters may migrate from ZooKeeper: RegisterBrokerRecord 2. */
  migration: 8,
  /** SCRAM credentials may be recorded: UserScramCredentialRecord. */
  scram: 11,
  /** Records may be grouped by BeginTransactionRecord and EndTransactionRecord. */
  transactions: 13,
  /** Controllers register themselves: RegisterControllerRecord. */
  controllerRegistration: 15,
  /** Replicas are assigned to directories: PartitionRecord 1, RegisterBrokerRecord 3. */
  directoryAssignment: 17,
  /** Eligible leader replicas may be recorded: PartitionRecord 2. */
  eligibleLeaderReplicas: 23,
  /** Log directories may be cordoned: RegisterBrokerRecord 4, BrokerRegistrationChangeRecord 3. */
  cordonedLogDirs: 30,
  newest: 33,
} as const

/** Every feature except `metadata.version`, whose levels are `metadataVersionNames`. */
export const featureDefinitions: readonly FeatureDefinition[] = [
  feature(kraftVersionFeature, [0, 7], [1, 21]),
  feature('transaction.version', [0, 7], [1, 24], [2, 24]),
  feature('group.version', [0, 7], [1, 22]),
  feature(elrVersionFeature, [0, 7], [1, 26, new Map([[metadataVersionFeature, 23]])]),
  feature('share.version', [0, 7], [1, 28], [2, 31]),
  feature('streams.version', [0, 7], [1, 29]),
]

/** The level a newly formatted cluster of this `metadata.version` gives the feature. */
export function defaultFeatureLevel(definition: FeatureDefinition, metadataVersion: number): number {
  const usable = definition.levels.filter(each => each.bootstrapMetadataVersion <= metadataVersion)
  return usable.at(-1)?.level ?? 0
}

/** Level of a `metadata.version` by its name (`4.4-IV2`) or by a release (`4.4`, the newest of that release). */
export function metadataVersionLevel(name: string): number | undefined {
  let found: number | undefined
  for (const [level, each] of metadataVersionNames) {
    if (each === name || each.startsWith(`${name}-`)) found = level
  }
  return found
}

function feature(
  name: string,
  ...levels: (readonly [level: number, bootstrap: number, dependencies?: ReadonlyMap<string, number>])[]
): FeatureDefinition {
  return {
    name,
    levels: levels.map(([level, bootstrapMetadataVersion, dependencies]) => ({
      level,
      bootstrapMetadataVersion,
      dependencies: dependencies ?? new Map(),
    })),
  }
}
