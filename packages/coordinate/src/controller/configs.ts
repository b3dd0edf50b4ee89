/**
 * Dynamic configuration of topics, brokers, groups and client metrics: validated as a whole, recorded key by key. A record is written only for
 * a key that changes.
 */
import {
  type AlterConfigsRequest,
  type AlterConfigsResponse,
  alterConfigsResponse,
  createMessage,
  errorCodes,
  type IncrementalAlterConfigsRequest,
  type IncrementalAlterConfigsRequestAlterConfigsResource,
  type IncrementalAlterConfigsResponse,
  incrementalAlterConfigsResponse,
  type MetadataRecord,
  metadataRecord,
  ProtocolError,
} from '@dorsale/protocol'
import { type ConfigResource, type ConfigResourceType, configResourceTypes } from '../metadata/image.ts'
import type { ControllerContext } from './context.ts'
import { elrEnabled } from './partitions.ts'
import type { ControllerResult } from './result.ts'
import { topicNameProblem } from './topic-names.ts'

/** Kafka's numbers of what to do with a key. */
export const configOperations = { SET: 0, DELETE: 1, APPEND: 2, SUBTRACT: 3 } as const

const minInSyncReplicasKey = 'min.insync.replicas'

/** The dynamic configuration that a topic is created with, validated. Throws INVALID_CONFIG. */
export function newTopicConfigs(
  context: ControllerContext,
  topicName: string,
  configs: readonly { readonly name: string; readonly value: string | null }[],
): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const nulls: string[] = []
  for (const { name, value } of configs) {
    if (value === null) nulls.push(name)
    else values.set(name, value)
  }
  if (nulls.length > 0) {
    throw new ProtocolError(errorCodes.INVALID_CONFIG, `Null value not supported for topic configs: ${nulls.join(',')}`)
  }
  checkValueSizes(values.values())
  if (values.size > 0) context.configTable.validate({ type: configResourceTypes.TOPIC, name: topicName }, values)
  return values
}

/** IncrementalAlterConfigs: sets, deletes, appends to and subtracts from single keys. */
export function incrementalAlterConfigs(
  context: ControllerContext,
  request: IncrementalAlterConfigsRequest,
): ControllerResult<IncrementalAlterConfigsResponse> {
  const records: MetadataRecord[] = []
  const reply = createMessage(incrementalAlterConfigsResponse)
  const seen = countResources(request.resources)
  for (const resource of request.resources) {
    const outcome = alterResource(context, resource, seen, current => applyOperations(context, resource, current))
    records.push(...outcome.records)
    reply.responses.push(outcome.response)
  }
  return { records: request.validateOnly ? [] : records, reply }
}

/** AlterConfigs: replaces all of a resource's dynamic configuration. */
export function legacyAlterConfigs(
  context: ControllerContext,
  request: AlterConfigsRequest,
): ControllerResult<AlterConfigsResponse> {
  const records: MetadataRecord[] = []
  const reply = createMessage(alterConfigsResponse)
  const seen = countResources(request.resources)
  for (const resource of request.resources) {
    const outcome = alterResource(context, resource, seen, () => {
      const values = new Map<string, string>()
      for (const { name, value } of resource.configs) {
        if (value === null) {
          throw new ProtocolError(errorCodes.INVALID_REQUEST, `Null value not supported for : ${name}`)
        }
        values.set(name, value)
      }
      return values
    })
    records.push(...outcome.records)
    reply.responses.push(outcome.response)
  }
  return { records: request.validateOnly ? [] : records, reply }
}

interface NamedResource {
  readonly resourceType: number
  readonly resourceName: string
}

interface AlteredResource extends NamedResource {
  readonly configs: readonly { readonly name: string }[]
}

function alterResource(
  context: ControllerContext,
  named: AlteredResource,
  seen: ReadonlyMap<string, number>,
  next: (current: ReadonlyMap<string, string>) => Map<string, string>,
): { records: MetadataRecord[]; response: NamedResource & { errorCode: number; errorMessage: string | null } } {
  const { resourceType, resourceName } = named
  try {
    if (seen.get(`${resourceType}/${resourceName}`)! > 1) {
      throw new ProtocolError(errorCodes.INVALID_REQUEST, 'Each resource must appear at most once.')
    }
    const resource = checkResource(context, named)
    const current = context.metadata.configsOf(resource.type, resource.name)
    const values = next(current)
    const changes = changedKeys(current, values)
    // A broker that is told again what it knows reads anew what lies behind it: the file of a keystore, say. As in Kafka.
    if (resource.type === configResourceTypes.BROKER) {
      for (const { name } of named.configs) if (values.has(name)) changes.set(name, values.get(name))
    }
    checkValueSizes(changes.values())
    checkMinInSyncReplicas(context, resource, changes)
    context.configTable.validate(resource, values)
    return {
      records: configRecords(context, resource, changes),
      response: { resourceType, resourceName, errorCode: errorCodes.NONE, errorMessage: null },
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    return {
      records: [],
      response: { resourceType, resourceName, errorCode: error.errorCode, errorMessage: error.message },
    }
  }
}

function checkResource(context: ControllerContext, { resourceType, resourceName }: NamedResource): ConfigResource {
  const invalid = (message: string): ProtocolError => new ProtocolError(errorCodes.INVALID_REQUEST, message)
  switch (resourceType) {
    case configResourceTypes.TOPIC:
      if (resourceName === '') throw invalid('Default topic resources are not allowed.')
      checkTopicName(resourceName)
      if (!context.metadata.topicsByName.has(resourceName)) {
        throw new ProtocolError(errorCodes.UNKNOWN_TOPIC_OR_PARTITION, `The topic '${resourceName}' does not exist.`)
      }
      break
    case configResourceTypes.BROKER: {
      if (resourceName === '') break
      if (!/^-?\d+$/.test(resourceName)) throw invalid('Unable to parse broker name as a base 10 number.')
      const brokerId = Number(resourceName)
      if (brokerId < 0) throw invalid('Invalid negative broker ID.')
      if (!context.metadata.brokers.has(brokerId) && !context.metadata.controllers.has(brokerId)) {
        throw new ProtocolError(errorCodes.BROKER_ID_NOT_REGISTERED, `No node with id ${brokerId} found.`)
      }
      break
    }
    case configResourceTypes.GROUP:
      if (resourceName === '') throw invalid('Default group resources are not allowed.')
      break
    case configResourceTypes.CLIENT_METRICS:
      if (resourceName === '') throw invalid("Subscription name can't be empty")
      break
    default:
      throw invalid(`Unknown resource type ${resourceType}`)
  }
  return { type: resourceType as ConfigResourceType, name: resourceName }
}

function checkTopicName(name: string): void {
  const problem = topicNameProblem(name)
  if (problem !== undefined) throw new ProtocolError(errorCodes.INVALID_TOPIC_EXCEPTION, problem)
}

function applyOperations(
  context: ControllerContext,
  resource: IncrementalAlterConfigsRequestAlterConfigsResource,
  current: ReadonlyMap<string, string>,
): Map<string, string> {
  const named = { type: resource.resourceType as ConfigResourceType, name: resource.resourceName }
  const values = new Map(current)
  const seen = new Set<string>()
  for (const { name, configOperation, value } of resource.configs) {
    if (seen.has(name)) {
      throw new ProtocolError(errorCodes.INVALID_REQUEST, 'Error due to duplicate config keys')
    }
    seen.add(name)
    if (configOperation === configOperations.DELETE) {
      values.delete(name)
      continue
    }
    if (value === null) {
      throw new ProtocolError(errorCodes.INVALID_REQUEST, `Null value not supported for : ${name}`)
    }
    switch (configOperation) {
      case configOperations.SET:
        values.set(name, value)
        break
      case configOperations.APPEND:
      case configOperations.SUBTRACT: {
        const verb = configOperation === configOperations.APPEND ? 'APPEND' : 'SUBTRACT'
        if (!context.configTable.isList(named, name)) {
          throw new ProtocolError(
            errorCodes.INVALID_CONFIG,
            `Can't ${verb} to key ${name} because its type is not LIST.`,
          )
        }
        const before = values.get(name) ?? context.configTable.defaultValue(named, name) ?? ''
        values.set(name, alteredList(before, configOperation, value))
        break
      }
      default:
        throw new ProtocolError(errorCodes.INVALID_REQUEST, `Unknown operation type ${configOperation}`)
    }
  }
  return values
}

/** A list, as text, after an APPEND or SUBTRACT of the elements of another. */
export function alteredList(text: string, configOperation: number, value: string): string {
  const before = listOf(text)
  const operand = listOf(value)
  const after =
    configOperation === configOperations.APPEND
      ? [...before, ...operand.filter(each => !before.includes(each))]
      : before.filter(each => !operand.includes(each))
  return after.join(',')
}

/** Keys that differ; undefined: the key is gone. */
function changedKeys(
  current: ReadonlyMap<string, string>,
  values: ReadonlyMap<string, string>,
): Map<string, string | undefined> {
  const changes = new Map<string, string | undefined>()
  for (const [key, value] of values) if (current.get(key) !== value) changes.set(key, value)
  for (const key of current.keys()) if (!values.has(key)) changes.set(key, undefined)
  return changes
}

/** What Kafka's nodes can read of a value, whatever the record could hold. */
const valueLengthMax = 32767

function checkValueSizes(values: Iterable<string | undefined>): void {
  for (const value of values) {
    if (value !== undefined && value.length > valueLengthMax) {
      throw new ProtocolError(
        errorCodes.INVALID_CONFIG,
        `The configuration value cannot be added because it exceeds the maximum value size of ${valueLengthMax} bytes.`,
      )
    }
  }
}

/** Eligible leader replicas are judged by `min.insync.replicas`: it must be one number for all brokers, and always there. */
function checkMinInSyncReplicas(
  context: ControllerContext,
  resource: ConfigResource,
  changes: ReadonlyMap<string, string | undefined>,
): void {
  if (resource.type !== configResourceTypes.BROKER || !elrEnabled(context)) return
  if (!changes.has(minInSyncReplicasKey)) return
  if (resource.name !== '') {
    throw new ProtocolError(
      errorCodes.INVALID_CONFIG,
      'Broker-level min.insync.replicas cannot be altered while ELR is enabled.',
    )
  }
  if (changes.get(minInSyncReplicasKey) === undefined) {
    throw new ProtocolError(
      errorCodes.INVALID_CONFIG,
      'Cluster-level min.insync.replicas cannot be removed while ELR is enabled.',
    )
  }
}

function configRecords(
  context: ControllerContext,
  resource: ConfigResource,
  changes: ReadonlyMap<string, string | undefined>,
): MetadataRecord[] {
  const records: MetadataRecord[] = []
  for (const [name, value] of changes) {
    records.push(
      metadataRecord('ConfigRecord', 0, {
        resourceType: resource.type,
        resourceName: resource.name,
        name,
        value: value ?? null,
      }),
    )
  }
  // What was eligible under another minimum may hold less than was promised.
  if (changes.has(minInSyncReplicasKey) && elrEnabled(context)) {
    const topicName = resource.type === configResourceTypes.TOPIC ? resource.name : ''
    records.push(metadataRecord('ClearElrRecord', 0, { topicName }))
  }
  return records
}

function countResources(resources: readonly NamedResource[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { resourceType, resourceName } of resources) {
    const key = `${resourceType}/${resourceName}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

function listOf(value: string): string[] {
  return value === '' ? [] : value.split(',').map(each => each.trim())
}
