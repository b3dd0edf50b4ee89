import {
  type ConfigProblem,
  type ConfigRow,
  formatConfigValue,
  PropertiesError,
  parseJavaProperties,
} from '@dorsale/base'
import { type AuthorizerConfig, authorizerConfig, isAuthorizerSetting } from './authorizer-config.ts'
import { listenerProblems, unservedProblems } from './broker-rules.ts'
import { withoutListener } from './dynamic-rules.ts'
import { type Endpoint, effectiveProtocols, parseEndpoints, parseProtocolMap } from './listeners.ts'
import { type SingleNodeOptions, singleNodeSettings } from './single-node.ts'
import { type BrokerValues, brokerTable } from './tables/index.ts'

/** A broker's static configuration, parsed and checked. */
export interface BrokerConfig {
  /** Every key by Kafka's name, given or default. */
  readonly values: BrokerValues
  /** What was given, as text and secrets included: DescribeConfigs shows it, but for passwords, as static broker configuration. */
  readonly settings: ReadonlyMap<string, string>
  readonly nodeId: number
  /** Where clients are served, in the order of `listeners`. */
  readonly listeners: readonly Endpoint[]
  /** What clients are told, by listener name; undefined: the address that the connection came to. */
  readonly advertisedListeners: readonly Endpoint[] | undefined
  /** The controllers' listeners, in the order of `controller.listener.names`: the first names this node in the voter set. */
  readonly controllerListeners: readonly Endpoint[]
  readonly interBrokerListenerName: string
  /** `log.dirs`, or `log.dir`. */
  readonly logDirectories: readonly string[]
  /** `metadata.log.dir`, or the first log directory. */
  readonly metadataDirectory: string
  /** Undefined: everybody may do everything. */
  readonly authorizer: AuthorizerConfig | undefined
}

export interface LoadOptions extends SingleNodeOptions {
  /** The content of a `server.properties`. Without it the broker starts from `singleNodeSettings`. */
  readonly file?: Uint8Array | undefined
  /** Settings that go over the file's (or over the single node's). */
  readonly overrides?: ReadonlyMap<string, string> | undefined
}

export type LoadedBrokerConfig =
  | {
      readonly config: BrokerConfig
      /** One sentence for each setting that was given, differs from the default, and changes nothing. */
      readonly notices: readonly string[]
    }
  | { readonly problems: readonly ConfigProblem[] }

/** Reads a broker's configuration; every problem is reported at once, each as one sentence. */
export function loadBrokerConfig(options: LoadOptions): LoadedBrokerConfig {
  let given: ReadonlyMap<string, string>
  try {
    given = new Map([...(options.file ? parseJavaProperties(options.file) : []), ...(options.overrides ?? [])])
  } catch (error) {
    if (!(error instanceof PropertiesError)) throw error
    return { problems: [{ key: '', message: `The configuration file is malformed at ${error.message}.` }] }
  }
  const settings = options.file ? new Map(given) : new Map([...singleNodeSettings(options), ...given])
  // Kafka fills either from the other; `broker.id` is the old name.
  const id = settings.get('node.id') ?? settings.get('broker.id')
  if (id !== undefined) settings.set('node.id', id)

  const parsed = brokerTable.parse(settings, { allow: key => isListenerSetting(key) || isAuthorizerSetting(key) })
  const values: BrokerValues = parsed.config
  const problems = [...parsed.problems, ...refusals(values, given)]
  if (!parsed.sound) return { problems }
  if (id !== undefined) settings.set('broker.id', id)
  const assembled = assemble(values, settings)
  if ('problems' in assembled) return { problems: [...problems, ...assembled.problems] }
  return problems.length > 0 ? { problems } : { config: assembled.config, notices: notices(values, given) }
}

/** Keys for one listener, `listener.name.<name>.<key>`: read by its door (TLS, SASL), for which they go over `<key>`. */
function isListenerSetting(key: string): boolean {
  return key.startsWith('listener.name.')
}

function assemble(
  values: BrokerValues,
  settings: ReadonlyMap<string, string>,
): { readonly config: BrokerConfig } | { readonly problems: readonly ConfigProblem[] } {
  const controllerNames = values['controller.listener.names'].map(name => name.toUpperCase())
  const map = parseProtocolMap(values['listener.security.protocol.map'])
  if ('message' in map) return { problems: [map] }
  const protocols = effectiveProtocols({
    map,
    mapGiven: settings.has('listener.security.protocol.map'),
    listeners: values.listeners,
    controllerListenerNames: controllerNames,
  })
  const listeners = parseEndpoints('listeners', values.listeners, protocols, { distinctPorts: true })
  if ('message' in listeners) return { problems: [listeners] }
  const advertised =
    values['advertised.listeners'] === null
      ? undefined
      : parseEndpoints('advertised.listeners', values['advertised.listeners'], protocols, { distinctPorts: false })
  if (advertised !== undefined && 'message' in advertised) return { problems: [advertised] }

  const interBroker = interBrokerListener(values, settings, protocols)
  if (typeof interBroker !== 'string') return { problems: [interBroker] }
  const { authorizer, problems: authorizerProblems } = authorizerConfig(values, settings)
  const problems = [
    ...authorizerProblems,
    ...listenerProblems(values, { listeners, advertised }, interBroker),
    ...unservedProblems(values),
  ]
  if (problems.length > 0) return { problems }

  const isController = ({ listenerName }: Endpoint) => controllerNames.includes(listenerName)
  const logDirectories = values['log.dirs'] ?? values['log.dir']
  return {
    config: {
      values,
      settings,
      nodeId: values['node.id'],
      listeners: listeners.filter(endpoint => !isController(endpoint)),
      advertisedListeners: advertised?.filter(endpoint => !isController(endpoint)),
      controllerListeners: controllerNames.flatMap(name =>
        listeners.filter(({ listenerName }) => listenerName === name),
      ),
      interBrokerListenerName: interBroker,
      logDirectories,
      metadataDirectory: values['metadata.log.dir'] ?? (logDirectories[0] as string),
      authorizer,
    },
  }
}

function interBrokerListener(
  values: BrokerValues,
  settings: ReadonlyMap<string, string>,
  protocols: ReadonlyMap<string, string>,
): string | ConfigProblem {
  const key = 'inter.broker.listener.name'
  const name = values[key]
  if (name === null) return values['security.inter.broker.protocol']
  if (settings.has('security.inter.broker.protocol')) {
    return { key, message: `Only one of ${key} and security.inter.broker.protocol should be set.` }
  }
  const listenerName = name.toUpperCase()
  if (protocols.has(listenerName)) return listenerName
  return { key, message: `Listener with name ${name} defined in ${key} not found in listener.security.protocol.map.` }
}

function refusals(values: BrokerValues, given: ReadonlyMap<string, string>): ConfigProblem[] {
  return departures(values, given).flatMap(({ key, row }) =>
    'refused' in row.effect
      ? [{ key, message: `${key} cannot be changed from its default: ${row.effect.refused}` }]
      : [],
  )
}

function notices(values: BrokerValues, given: ReadonlyMap<string, string>): string[] {
  const withoutEffect = departures(values, given).flatMap(({ key, row }) =>
    'none' in row.effect ? [{ key, reason: row.effect.none }] : [],
  )
  const perListener = [...given.keys()].flatMap(key => {
    const reason = isListenerSetting(key) ? listenerSettingWithoutEffect(key) : undefined
    return reason === undefined ? [] : [{ key, reason }]
  })
  return [...withoutEffect, ...perListener].map(({ key, reason }) => `${key} is set and has no effect: ${reason}`)
}

/** Why a setting of one listener changes nothing; undefined: it does. */
export function listenerSettingWithoutEffect(key: string): string | undefined {
  const base = withoutListener(key)
  const row = brokerTable.row(base)
  if (row === undefined) return brokerTable.unknown(base).message
  if ('none' in row.effect) return row.effect.none
  const isOfDoor =
    /^(?:ssl|sasl)\.|^connections\.max\.reauth\.ms$|^connection\.failed\.authentication\.delay\.ms$/.test(base)
  return isOfDoor ? undefined : 'It holds for all listeners, under its own name.'
}

/** The settings that were given and differ from the table's default. */
function departures(values: BrokerValues, given: ReadonlyMap<string, string>): { key: string; row: ConfigRow }[] {
  return [...given.keys()].flatMap(key => {
    const row = brokerTable.row(key)
    const value = values[key as keyof BrokerValues]
    if (row === undefined || value === undefined || value === null) return []
    return formatConfigValue(row.type, value) === brokerTable.defaultText(key as keyof BrokerValues)
      ? []
      : [{ key, row }]
  })
}
