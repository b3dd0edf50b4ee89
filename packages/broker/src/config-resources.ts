/**
 * Alterations of configuration as the broker sees them, before the controller does: what concerns this broker alone (its loggers, whether its settings
 * can change while it runs) is judged here; what is left is the controller's to record.
 */
import { type LogLevel, logLevels } from '@dorsale/base'
import { configOperations, configResourceTypes } from '@dorsale/coordinate'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { reconfigurationProblem, settingsProblem } from './config/index.ts'
import type { BrokerCore } from './core.ts'
import type { Rights } from './security/rights.ts'

export interface NamedResource {
  readonly resourceType: number
  readonly resourceName: string
}

export interface AlteredKey {
  readonly name: string
  readonly value: string | null
  readonly configOperation: number
}

/** The outcome of one resource; undefined: the controller decides. */
export type Verdict = ProtocolError | 'done' | undefined

/** Judges each resource of a request by itself. A resource that stands twice is refused twice. */
export function judgeResources<Resource extends NamedResource>(
  resources: readonly Resource[],
  judge: (resource: Resource) => Verdict,
): Verdict[] {
  const keyOf = ({ resourceType, resourceName }: NamedResource): string => `${resourceType}/${resourceName}`
  const counts = new Map<string, number>()
  for (const resource of resources) counts.set(keyOf(resource), (counts.get(keyOf(resource)) ?? 0) + 1)
  return resources.map(resource => {
    if (counts.get(keyOf(resource))! > 1) return invalidRequest('Each resource must appear at most once.')
    try {
      return judge(resource)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      return error
    }
  })
}

/** The verdicts as responses, with the controller's for those that it decided, in the order of the request. */
export function mergeVerdicts<Answer extends NamedResource>(
  resources: readonly NamedResource[],
  verdicts: readonly Verdict[],
  decided: readonly Answer[],
): (NamedResource & { errorCode: number; errorMessage: string | null })[] {
  const byController = decided.values()
  return resources.map(({ resourceType, resourceName }, index) => {
    const verdict = verdicts[index]
    if (verdict === undefined) {
      return byController.next().value as unknown as NamedResource & { errorCode: number; errorMessage: string | null }
    }
    if (verdict === 'done') return { resourceType, resourceName, errorCode: errorCodes.NONE, errorMessage: null }
    return { resourceType, resourceName, errorCode: verdict.errorCode, errorMessage: verdict.message }
  })
}

/** Throws when the sender may not see, or change, the settings of a resource: those of brokers and subscriptions are the cluster's. */
export function checkConfigRights(
  rights: Rights,
  operation: 'DESCRIBE_CONFIGS' | 'ALTER_CONFIGS',
  { resourceType, resourceName }: NamedResource,
): void {
  if (resourceType === configResourceTypes.TOPIC) rights.require(operation, 'TOPIC', resourceName)
  else if (resourceType === configResourceTypes.GROUP) rights.require(operation, 'GROUP', resourceName)
  else rights.require(operation, 'CLUSTER')
}

/** Refuses what no operation could mean, in Kafka's order. */
export function checkKeys(configs: readonly AlteredKey[]): void {
  if (new Set(configs.map(({ name }) => name)).size < configs.length) {
    throw invalidRequest('Error due to duplicate config keys')
  }
  const nulls = configs.filter(
    ({ configOperation, value }) => configOperation !== configOperations.DELETE && value === null,
  )
  if (nulls.length > 0) {
    throw invalidRequest(`Null value not supported for : ${nulls.map(({ name }) => name).join(', ')}`)
  }
}

/** The dynamic settings of a broker (or of all, named '') as they are now. Throws when the name is another broker's. */
export function ownSettings(core: BrokerCore, resourceName: string): ReadonlyMap<string, string> {
  const { broker, cluster } = core.dynamicConfig.settings
  if (resourceName === '') return cluster
  if (!/^[-+]?\d+$/.test(resourceName)) throw invalidRequest(`Node id must be an integer, but it is: ${resourceName}`)
  if (Number(resourceName) !== core.nodeId) {
    throw invalidRequest(`Unexpected broker id, expected ${core.nodeId}, but received ${resourceName}`)
  }
  return broker
}

/** Refuses dynamic settings that this broker could not take over. */
export function checkBrokerSettings(core: BrokerCore, resourceName: string, next: ReadonlyMap<string, string>): void {
  const perBroker = resourceName !== ''
  const { dynamicConfig } = core
  const { broker, cluster } = dynamicConfig.settings
  const settings = perBroker ? { broker: next, cluster } : { broker, cluster: next }
  const problem =
    settingsProblem(next, { perBroker }) ??
    dynamicConfig.conflict(settings) ??
    reconfigurationProblem(dynamicConfig.values, dynamicConfig.resolve(settings), core.config.logDirectories) ??
    core.doors?.tlsProblem(dynamicConfig.texts(settings))
  if (problem !== undefined) throw invalidRequest(problem)
}

/** Changes the levels of this process's loggers: at once, and until it ends. */
export function alterLoggers(
  core: BrokerCore,
  resourceName: string,
  configs: readonly AlteredKey[],
  { validateOnly }: { validateOnly: boolean },
): void {
  if (!/^[-+]?\d+$/.test(resourceName)) throw invalidRequest(`Node id must be an integer, but it is: ${resourceName}`)
  if (Number(resourceName) !== core.nodeId) {
    throw invalidRequest(`Unexpected node id. Expected ${core.nodeId}, but received ${resourceName}`)
  }
  for (const config of configs) checkLogger(core, config)
  if (validateOnly) return
  for (const { name, configOperation, value } of configs) {
    core.logLevels?.set(name, configOperation === configOperations.DELETE ? undefined : (value as LogLevel))
  }
}

function checkLogger(core: BrokerCore, { name, configOperation, value }: AlteredKey): void {
  const { SET, DELETE } = configOperations
  if (configOperation !== SET && configOperation !== DELETE) {
    const known = Object.entries(configOperations).find(([, number]) => number === configOperation)
    const operation = known === undefined ? `Unknown operation type ${configOperation}` : `${known[0]} operation`
    throw invalidRequest(`${operation} is not allowed for the BROKER_LOGGER resource`)
  }
  if (!core.logLevels?.list().has(name)) {
    throw new ProtocolError(errorCodes.INVALID_CONFIG, `Logger ${name} does not exist!`)
  }
  if (configOperation === DELETE) {
    if (name === 'root') throw invalidRequest('Removing the log level of the root logger is not allowed')
  } else if (!logLevels.some(level => level === value)) {
    throw new ProtocolError(
      errorCodes.INVALID_CONFIG,
      `Cannot set the log level of ${name} to ${value} as it is not a supported log level. Valid log levels are ${[...logLevels].sort().join(', ')}`,
    )
  }
}

/** Resources whose settings only the controller judges. */
export function isForController(resourceType: number): boolean {
  return (
    resourceType === configResourceTypes.TOPIC ||
    resourceType === configResourceTypes.CLIENT_METRICS ||
    resourceType === configResourceTypes.GROUP
  )
}

export function invalidRequest(message: string): ProtocolError {
  return new ProtocolError(errorCodes.INVALID_REQUEST, message)
}
