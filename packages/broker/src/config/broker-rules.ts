import { type ConfigProblem, splitConfigList } from '@dorsale/base'
import type { Endpoint } from './listeners.ts'
import type { BrokerValues } from './tables/index.ts'

/** What holds between the keys of a broker, beyond the range of each. The sentences are Kafka's where Kafka has one. */

type Rule = readonly [
  /** The key to look at first. */
  key: keyof BrokerValues,
  sentence: string | ((values: BrokerValues) => string),
  holds: (values: BrokerValues) => boolean,
]

const mebibyte = 1_048_576n

export const brokerRules: readonly Rule[] = [
  [
    'node.id',
    '`node.id` and `broker.id` must be set to the same value. `broker.id` is deprecated, please use `node.id` instead.',
    v => v['broker.id'] === -1 || v['broker.id'] === v['node.id'],
  ],
  [
    'log.roll.ms',
    'log.roll.ms must be greater than or equal to 1',
    v => v['log.roll.ms'] === null || v['log.roll.ms'] >= 1n,
  ],
  [
    'log.roll.jitter.ms',
    'log.roll.jitter.ms must be greater than or equal to 0',
    v => v['log.roll.jitter.ms'] === null || v['log.roll.jitter.ms'] >= 0n,
  ],
  [
    'log.retention.ms',
    'log.retention.ms must be unlimited (-1) or, greater than or equal to 1',
    v => Number(v['log.retention.ms'] ?? v['log.retention.minutes'] ?? v['log.retention.hours']) !== 0,
  ],
  [
    'log.cleaner.dedupe.buffer.size',
    'log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.',
    v => v['log.cleaner.dedupe.buffer.size'] >= mebibyte * BigInt(Math.max(v['log.cleaner.threads'], 1)),
  ],
  [
    'replica.fetch.wait.max.ms',
    'replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to prevent unnecessary socket timeouts',
    v => v['replica.fetch.wait.max.ms'] <= v['replica.socket.timeout.ms'],
  ],
  [
    'replica.fetch.wait.max.ms',
    'replica.fetch.wait.max.ms should always be less than or equal to replica.lag.time.max.ms to prevent frequent changes in ISR',
    v => BigInt(v['replica.fetch.wait.max.ms']) <= v['replica.lag.time.max.ms'],
  ],
  [
    'queued.max.request.bytes',
    'queued.max.request.bytes must be larger or equal to socket.request.max.bytes',
    v => v['queued.max.request.bytes'] <= 0n || v['queued.max.request.bytes'] >= BigInt(v['socket.request.max.bytes']),
  ],
  [
    'max.connections.per.ip',
    'max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set.',
    v => v['max.connections.per.ip'] > 0 || v['max.connections.per.ip.overrides'] !== '',
  ],
  [
    'connection.failed.authentication.delay.ms',
    v =>
      `connection.failed.authentication.delay.ms=${v['connection.failed.authentication.delay.ms']} should always be less than connections.max.idle.ms=${v['connections.max.idle.ms']} to prevent failed authentication responses from timing out`,
    v =>
      v['connections.max.idle.ms'] < 0n ||
      BigInt(v['connection.failed.authentication.delay.ms']) < v['connections.max.idle.ms'],
  ],
  [
    'offsets.topic.compression.codec',
    'offsets.topic.compression.codec must be 0 to 4',
    v => isCodec(v['offsets.topic.compression.codec']),
  ],
  [
    'share.coordinator.state.topic.compression.codec',
    'share.coordinator.state.topic.compression.codec must be 0 to 4',
    v => isCodec(v['share.coordinator.state.topic.compression.codec']),
  ],
  [
    'group.coordinator.rebalance.protocols',
    "Disabling the 'classic' protocol is not supported.",
    v => v['group.coordinator.rebalance.protocols'].includes('classic'),
  ],
  [
    'controller.quorum.bootstrap.servers',
    'If using process.roles, either controller.quorum.bootstrap.servers must contain the set of bootstrap controllers or controller.quorum.voters must contain a parseable set of controllers.',
    v => v['controller.quorum.bootstrap.servers'].length > 0 || v['controller.quorum.voters'].length > 0,
  ],
  [
    'early.start.listeners',
    'early.start.listeners contains a listener that is not contained in listeners or controller.listener.names',
    v => {
      const names = [...v.listeners.map(listener => listener.split('://')[0]), ...v['controller.listener.names']]
      return (v['early.start.listeners'] ?? []).every(name => names.includes(name))
    },
  ],
  ...within('group.consumer', ['session.timeout.ms', 'heartbeat.interval.ms', 'assignment.interval.ms']),
  ...within('group.share', [
    'session.timeout.ms',
    'heartbeat.interval.ms',
    'assignment.interval.ms',
    'record.lock.duration.ms',
    'delivery.count.limit',
    'partition.max.record.locks',
  ]),
  ...within('group.streams', ['session.timeout.ms', 'heartbeat.interval.ms', 'assignment.interval.ms']),
  atMost('group.streams.num.standby.replicas', 'group.streams.max.standby.replicas'),
  atMost('group.streams.num.warmup.replicas', 'group.streams.max.warmup.replicas'),
]

/** All rules that are broken. */
export function brokenRules(values: BrokerValues): ConfigProblem[] {
  return brokerRules
    .filter(([, , holds]) => !holds(values))
    .map(([key, sentence]) => ({ key, message: typeof sentence === 'string' ? sentence : sentence(values) }))
}

/** What holds between the roles of a node and its listeners. */
export function listenerProblems(
  values: BrokerValues,
  endpoints: { readonly listeners: readonly Endpoint[]; readonly advertised: readonly Endpoint[] | undefined },
  interBrokerListenerName: string,
): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  const require = (condition: boolean, key: string, message: string) => {
    if (!condition) problems.push({ key, message })
  }
  const controllerNames = values['controller.listener.names'].map(name => name.toUpperCase())
  const names = endpoints.listeners.map(endpoint => endpoint.listenerName)
  const advertised = (endpoints.advertised ?? endpoints.listeners).map(endpoint => endpoint.listenerName)
  const brokerNames = advertised.filter(name => !controllerNames.includes(name))
  const listed = `'listeners' configuration when running the KRaft controller role`

  require(controllerNames.some(name =>
    names.includes(name),
  ), 'controller.listener.names', `controller.listener.names must contain at least one value appearing in the ${listed}`)
  require(controllerNames.every(name =>
    names.includes(name),
  ), 'controller.listener.names', `controller.listener.names must only contain values appearing in the ${listed}`)
  require(brokerNames.length >
    0, 'advertised.listeners', 'There must be at least one broker advertised listener. Perhaps all listeners appear in controller.listener.names?')
  require(advertised.every(name =>
    names.includes(name),
  ), 'advertised.listeners', `advertised.listeners listener names must be equal to or a subset of the ones defined in listeners. Found ${advertised.join(',')}. The valid options based on the current configuration are ${names.join(',')}`)
  require(brokerNames.length === 0 ||
    brokerNames.includes(
      interBrokerListenerName,
    ), 'inter.broker.listener.name', `inter.broker.listener.name must be a listener name defined in advertised.listeners. The valid options based on currently configured listeners are ${brokerNames.join(',')}`)
  require(endpoints.advertised?.every(endpoint => endpoint.host !== '0.0.0.0') ??
    true, 'advertised.listeners', 'advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.')
  const voterIds = values['controller.quorum.voters'].map(voter => Number(voter.split('@')[0]))
  require(voterIds.length === 0 ||
    voterIds.includes(
      values['node.id'],
    ), 'controller.quorum.voters', `If process.roles contains the 'controller' role, the node id ${values['node.id']} must be included in the set of voters controller.quorum.voters=Set(${voterIds.join(', ')})`)
  return problems
}

/** What a node of one, without TLS and SASL, cannot be. Refused rather than ignored: an ignored lock is an open door. */
export function unservedProblems(values: BrokerValues, listeners: readonly Endpoint[]): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  if (new Set(values['process.roles']).size < 2) {
    problems.push({
      key: 'process.roles',
      message: `process.roles=${values['process.roles'].join(',')} is not served: a node is broker and controller in one; write process.roles=broker,controller.`,
    })
  }
  if (values['controller.quorum.voters'].length > 1) {
    problems.push({
      key: 'controller.quorum.voters',
      message:
        'controller.quorum.voters names more than one voter: a quorum of several is not served yet; name this node alone.',
    })
  }
  for (const { listenerName, securityProtocol } of listeners) {
    if (securityProtocol === 'PLAINTEXT') continue
    problems.push({
      key: 'listeners',
      message: `Listener ${listenerName} speaks ${securityProtocol}, which is not served yet: map it to PLAINTEXT in listener.security.protocol.map or leave it out.`,
    })
  }
  return problems
}

/** `max.connections.per.ip.overrides`: how many connections each named address may have. Undefined: not in the form `host:count,...`. */
export function parseConnectionOverrides(text: string): ReadonlyMap<string, number> | undefined {
  const limits = new Map<string, number>()
  for (const entry of splitConfigList(text)) {
    const match = /^([^\s:,]+|\[?[0-9a-fA-F:]+\]?):(\d+)$/.exec(entry)
    if (match === null) return undefined
    limits.set((match[1] as string).replace(/^\[|\]$/g, ''), Number(match[2]))
  }
  return limits
}

function isCodec(id: number): boolean {
  return id >= 0 && id <= 4
}

/** For each name N of a prefix P: `P.min.N` <= `P.N` <= `P.max.N`, and `P.min.N` <= `P.max.N`. */
function within(prefix: string, names: readonly string[]): Rule[] {
  return names.flatMap(name => {
    const [key, min, max] = [`${prefix}.${name}`, `${prefix}.min.${name}`, `${prefix}.max.${name}`] as NumberKey[]
    return [atLeast(max!, min!), atLeast(key!, min!), atMost(key!, max!)]
  })
}

type NumberKey = { [Key in keyof BrokerValues]: BrokerValues[Key] extends number ? Key : never }[keyof BrokerValues]

function atLeast(key: NumberKey, floor: NumberKey): Rule {
  return [key, `${key} must be greater than or equal to ${floor}`, values => values[key] >= values[floor]]
}

function atMost(key: NumberKey, ceiling: NumberKey): Rule {
  return [key, `${key} must be less than or equal to ${ceiling}`, values => values[key] <= values[ceiling]]
}
