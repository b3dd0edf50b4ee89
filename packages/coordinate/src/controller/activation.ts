/** What a controller writes when it takes over: the first records of a new cluster, and its own registration. */
import {
  type ControllerRegistrationRequest,
  elrVersionFeature,
  errorCodes,
  type MetadataRecord,
  metadataRecord,
  metadataVersionFeature,
  metadataVersions,
  ProtocolError,
} from '@dorsale/protocol'
import { configResourceTypes } from '../metadata/image.ts'
import type { ControllerContext } from './context.ts'
import type { ControllerResult } from './result.ts'

/**
 * The formatter's records, in one transaction: a cluster has all of its features or, after a death in between, none yet. With eligible leader
 * replicas, `min.insync.replicas` becomes one number for the cluster, which all brokers judge by.
 */
export function bootstrapRecords(context: ControllerContext, bootstrap: readonly MetadataRecord[]): MetadataRecord[] {
  const levels = new Map(
    bootstrap.flatMap(record =>
      record.type === 'FeatureLevelRecord' ? [[record.value.name, record.value.featureLevel] as const] : [],
    ),
  )
  const metadataVersion = levels.get(metadataVersionFeature)
  if (metadataVersion === undefined) {
    throw new ProtocolError(
      errorCodes.UNKNOWN_SERVER_ERROR,
      `the bootstrap records name no ${metadataVersionFeature}: the directory was not formatted by a storage tool`,
    )
  }
  const records = [...bootstrap]
  if ((levels.get(elrVersionFeature) ?? 0) >= 1) {
    records.push(
      metadataRecord('ConfigRecord', 0, {
        resourceType: configResourceTypes.BROKER,
        resourceName: '',
        name: 'min.insync.replicas',
        value: String(context.config.minInSyncReplicas),
      }),
    )
  }
  if (metadataVersion < metadataVersions.transactions) return records
  return [
    metadataRecord('BeginTransactionRecord', 0, { name: 'Bootstrap records' }),
    ...records,
    metadataRecord('EndTransactionRecord', 0, {}),
  ]
}

export function abortTransaction(): MetadataRecord[] {
  return [metadataRecord('AbortTransactionRecord', 0, { reason: 'its controller is gone' })]
}

/** A controller says where it listens and what it supports. */
export function registerController(
  context: ControllerContext,
  request: ControllerRegistrationRequest,
): ControllerResult<undefined> {
  if (context.metadata.metadataVersion < metadataVersions.controllerRegistration) {
    return { records: [], reply: undefined }
  }
  const record = metadataRecord('RegisterControllerRecord', 0, {
    controllerId: request.controllerId,
    incarnationId: request.incarnationId,
    zkMigrationReady: request.zkMigrationReady,
    endPoints: request.listeners,
    features: request.features,
  })
  return { records: [record], reply: undefined }
}
