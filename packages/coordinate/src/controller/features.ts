/** UpdateFeatures: raising and lowering the levels of the cluster's features, all of a request or none. */
import {
  createMessage,
  elrVersionFeature,
  errorCodes,
  featureDefinitions,
  kraftVersionFeature,
  type MetadataRecord,
  metadataRecord,
  metadataVersionFeature,
  ProtocolError,
  type UpdateFeaturesRequest,
  type UpdateFeaturesRequestFeatureUpdateKey,
  type UpdateFeaturesResponse,
  updateFeaturesResponse,
} from '@dorsale/protocol'
import { configResourceTypes, type FeatureRange } from '../metadata/image.ts'
import type { ControllerContext } from './context.ts'
import type { ControllerResult } from './result.ts'

/** Kafka's numbers of how a level may move. */
const upgradeTypes = { upgrade: 1, safeDowngrade: 2, unsafeDowngrade: 3 } as const

/** Levels of metadata.version that changed no metadata record: only they can be left downwards. */
const unchangedMetadataVersions: readonly number[] = [9, 10, 12, 16, 18, 19, 20, 21, 22, 24, 25, 26, 27, 28, 29, 31]

export interface UpdateOptions {
  readonly apiVersion: number
  /** The level of `kraft.version`, which stands in the voter set and not in the records. */
  readonly kraftVersion: number
}

/** The first update that is refused refuses them all. Version 2 of the request answers no feature by name. */
export function updateFeatures(
  context: ControllerContext,
  request: UpdateFeaturesRequest,
  { apiVersion, kraftVersion }: UpdateOptions,
): ControllerResult<UpdateFeaturesResponse> {
  const updates = request.featureUpdates.map(update => ({
    ...update,
    upgradeType:
      apiVersion === 0
        ? update.allowDowngrade
          ? upgradeTypes.safeDowngrade
          : upgradeTypes.upgrade
        : update.upgradeType,
  }))
  const levels = new Map([...context.metadata.features, [kraftVersionFeature, kraftVersion]])
  const current = new Map(levels)
  for (const { feature, maxVersionLevel } of updates) levels.set(feature, maxVersionLevel)
  try {
    const records = updates.flatMap(update => updateFeature(context, update, { current, levels }))
    const results = updates.map(({ feature }) => ({ feature, errorCode: errorCodes.NONE, errorMessage: 'NONE' }))
    return {
      records: request.validateOnly ? [] : records,
      reply: createMessage(updateFeaturesResponse, { errorMessage: null, results: apiVersion <= 1 ? results : [] }),
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    const errorMessage = `The update failed for all features since the following feature had an error: ${error.message}`
    return { records: [], reply: createMessage(updateFeaturesResponse, { errorCode: error.errorCode, errorMessage }) }
  }
}

function updateFeature(
  context: ControllerContext,
  update: UpdateFeaturesRequestFeatureUpdateKey,
  { current: before, levels }: { current: ReadonlyMap<string, number>; levels: ReadonlyMap<string, number> },
): MetadataRecord[] {
  const { feature, maxVersionLevel: level, upgradeType } = update
  const refuse = (reason: string) => refused(`Invalid update version ${level} for feature ${feature}. ${reason}`)
  if (!Object.values(upgradeTypes).some(type => type === upgradeType)) {
    throw refuse('The controller does not support the given upgrade type.')
  }
  if (level < 0) throw refuse('A feature version cannot be less than 0.')
  const unsupported = unsupportedReason(context, feature, level)
  if (unsupported !== undefined) throw refuse(unsupported)
  const current = before.get(feature) ?? 0
  if (level < current && upgradeType === upgradeTypes.upgrade) {
    throw refuse(
      "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.",
    )
  }
  if (level > current && upgradeType !== upgradeTypes.upgrade) throw refuse("Can't downgrade to a newer version.")
  if (level === current) return []
  if (feature === kraftVersionFeature) {
    throw refuse(
      level < current
        ? "Can't downgrade the version of this feature."
        : 'The voter set cannot be raised while this quorum of one runs: format the metadata directory with kraft.version=1.',
    )
  }
  if (feature === metadataVersionFeature && level < current) {
    checkMetadataDowngrade(current, level, upgradeType === upgradeTypes.unsafeDowngrade)
  }
  checkDependencies(feature, level, levels)
  const record = metadataRecord('FeatureLevelRecord', 0, { name: feature, featureLevel: level })
  return feature === elrVersionFeature && level > 0 ? [record, ...minInSyncRecords(context)] : [record]
}

function checkMetadataDowngrade(current: number, level: number, isUnsafe: boolean): void {
  const passed = Array.from({ length: current - level }, (_, index) => level + 1 + index)
  if (passed.every(each => unchangedMetadataVersions.includes(each))) return
  throw refused(
    `Unsupported metadata.version downgrade from ${current} to ${level}. ${
      isUnsafe
        ? 'Unsafe metadata downgrade is not supported in this version.'
        : 'Refusing to perform the requested downgrade because it might delete metadata information.'
    }`,
  )
}

function checkDependencies(feature: string, level: number, levels: ReadonlyMap<string, number>): void {
  const definition = featureDefinitions.find(({ name }) => name === feature)?.levels.find(each => each.level === level)
  for (const [name, needed] of definition?.dependencies ?? []) {
    if ((levels.get(name) ?? 0) >= needed) continue
    throw refused(`${feature} could not be set to ${level} because it depends on ${name} level ${needed}`)
  }
}

/** Why this level cannot be, as far as one node knows; undefined: it can. */
function unsupportedReason(
  { config, metadata }: ControllerContext,
  feature: string,
  level: number,
): string | undefined {
  const nodes: [string, readonly FeatureRange[]][] = [
    [`Local controller ${config.nodeId}`, config.supportedFeatures],
    ...[...metadata.brokers.values()].map(({ id, features }): [string, readonly FeatureRange[]] => [
      `Broker ${id}`,
      features,
    ]),
  ]
  for (const [node, features] of nodes) {
    const range = features.find(({ name }) => name === feature)
    // A broker of before a feature knows of it does not name it; level 0 is to be without it.
    if (range === undefined) {
      if (level !== 0 || node.startsWith('Local')) return `${node} does not support this feature.`
    } else if (level !== 0 || feature === metadataVersionFeature) {
      const { minSupportedVersion: min, maxSupportedVersion: max } = range
      if (level < min || level > max) return `${node} only supports versions ${min === max ? min : `${min}-${max}`}`
    }
  }
  return undefined
}

/** With eligible leader replicas, `min.insync.replicas` becomes one number for the cluster, which all brokers judge by. */
function minInSyncRecords({ config, metadata }: ControllerContext): MetadataRecord[] {
  const name = 'min.insync.replicas'
  const resourceType = configResourceTypes.BROKER
  const records: MetadataRecord[] = []
  if (!metadata.configsOf(resourceType, '').has(name)) {
    const value = String(config.minInSyncReplicas)
    records.push(metadataRecord('ConfigRecord', 0, { resourceType, resourceName: '', name, value }))
  }
  for (const { id } of metadata.brokers.values()) {
    const resourceName = String(id)
    if (!metadata.configsOf(resourceType, resourceName).has(name)) continue
    records.push(metadataRecord('ConfigRecord', 0, { resourceType, resourceName, name, value: null }))
  }
  return records
}

function refused(message: string): ProtocolError {
  return new ProtocolError(errorCodes.INVALID_UPDATE_VERSION, message)
}
