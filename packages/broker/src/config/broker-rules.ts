import { type ConfigProblem, splitConfigList } from '@dorsale/base'
import type { Endpoint } from './listeners.ts'
import type { BrokerValues } from './tables/index.ts'

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

/** What a node of one cannot be. Refused rather than ignored. */
export function unservedProblems(values: BrokerValues): ConfigProblem[] {
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
