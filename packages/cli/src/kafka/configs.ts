/** `kafka-configs`: settings of topics, brokers, their loggers, client metrics and groups; quotas; SCRAM credentials. */
import { DorsaleError } from '@dorsale/base'
import { clusterSettings, readProperties, withAdmin } from '../cluster/settings.ts'
import { chosenName } from './actions.ts'
import { alterResource, describeResources, type EntityType, entityTypes } from './config-resources.ts'
import { type ParsedOptions, usage } from './options.ts'
import { alterQuotas, describeQuotas, type QuotaEntity, quotaTypes } from './quota-configs.ts'
import { controllerOptions, defineScript } from './script.ts'

const options = {
  ...controllerOptions,
  describe: { kind: 'flag', doc: 'Print settings.' },
  alter: { kind: 'flag', doc: 'Change settings.' },
  all: { kind: 'flag', doc: 'With --describe: print settings that nobody has set too.' },
  'add-config': {
    value: 'settings',
    doc: 'Settings to set: k1=v1,k2=[v2,v3]. Brackets hold values with commas.',
  },
  'add-config-file': { value: 'file', doc: 'A properties file with settings to set.' },
  'delete-config': { value: 'keys', repeated: true, doc: 'Settings that shall have their default again: k1,k2.' },
  topic: { value: 'topic', doc: 'The topic.' },
  broker: { value: 'id', doc: 'The broker.' },
  'broker-defaults': { kind: 'flag', doc: 'What holds for all brokers.' },
  'broker-logger': { value: 'id', doc: 'The broker whose loggers are meant.' },
  'client-metrics': { value: 'name', doc: 'The subscription to client metrics.' },
  group: { value: 'group', doc: 'The group.' },
  user: { value: 'user', doc: 'The user, for quotas and SCRAM credentials; with --client, the two together.' },
  'user-defaults': { kind: 'flag', doc: 'What holds for all users.' },
  client: { value: 'id', doc: 'The client id, for quotas.' },
  'client-defaults': { kind: 'flag', doc: 'What holds for all client ids.' },
  ip: { value: 'address', doc: 'The address, for quotas.' },
  'ip-defaults': { kind: 'flag', doc: 'What holds for all addresses.' },
  'entity-type': {
    value: 'type',
    repeated: true,
    doc: 'What has the settings: topics, brokers, broker-loggers, client-metrics, groups, users, clients or ips.',
  },
  'entity-name': { value: 'name', repeated: true, doc: 'Its name. Default with --describe: all.' },
  'entity-default': { kind: 'flag', doc: 'What holds for all of the type.' },
} as const

type Options = ParsedOptions<keyof typeof options>

export const configs = defineScript({
  summary:
    'Print and change settings of topics, brokers, loggers, client metrics and groups, quotas, and SCRAM credentials.',
  options,
  async run(parsed, io) {
    const choose = 'Command must include exactly one action: --describe, --alter'
    const action = chosenName(parsed, ['describe', 'alter'], choose)
    const quotaEntities = quotaEntitiesOf(parsed)
    const { type, name } = quotaEntities.length > 0 ? { type: 'topics' as const, name: '' } : entityOf(parsed)
    const toSet = settingsToSet(parsed)
    const toDelete = parsed
      .texts('delete-config')
      .flatMap(text => text.split(','))
      .map(key => key.trim())
    if (action === 'alter') {
      if (name === undefined) throw usage('An entity name must be specified for every entity type')
      if (toSet.size === 0 && toDelete.length === 0)
        throw usage(
          'At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter',
        )
    }
    const settings = clusterSettings(io, {
      bootstrapServer: parsed.text('bootstrap-server'),
      bootstrapController: parsed.text('bootstrap-controller'),
      configFile: parsed.text('command-config'),
    })
    return withAdmin(io, settings, async admin => {
      try {
        if (quotaEntities.length > 0) {
          if (parsed.has('alter')) await alterQuotas(admin, io, { entities: quotaEntities, toSet, toDelete })
          else await describeQuotas(admin, io, quotaEntities)
        } else if (name !== undefined && parsed.has('alter'))
          await alterResource(admin, io, { type, name, toSet, toDelete })
        else await describeResources(admin, io, { type, name, isAll: parsed.has('all') })
        return 0
      } catch (error) {
        if (!(error instanceof DorsaleError)) throw error
        io.stderr.write(`Error while executing config command: ${error.message}\n`)
        return 1
      }
    })
  },
})

/** What is asked about: by a flag of its own, or by --entity-type with --entity-name or --entity-default. */
function entityOf(parsed: Options): { type: EntityType; name: string | undefined } {
  const flags: [flag: keyof typeof options, type: EntityType][] = [
    ['topic', 'topics'],
    ['broker', 'brokers'],
    ['broker-logger', 'broker-loggers'],
    ['client-metrics', 'client-metrics'],
    ['group', 'groups'],
  ]
  const given = flags
    .filter(([flag]) => parsed.has(flag))
    .map(([flag, type]) => ({ type, name: parsed.text(flag) as string | undefined }))
  if (parsed.has('broker-defaults')) given.push({ type: 'brokers', name: '' })
  for (const [index, text] of parsed.texts('entity-type').entries()) {
    const type = entityTypes.find(each => each === text)
    if (type === undefined)
      throw usage(`Invalid entity type ${text}, the entity type must be one of ${entityTypes.join(', ')}`)
    const name = parsed.has('entity-default') ? '' : parsed.texts('entity-name')[index]
    given.push({ type, name })
  }
  const [entity, other] = given
  if (entity === undefined) throw usage('At least one entity type must be specified')
  if (other !== undefined) throw usage('Only one entity type may be specified')
  if (entity.name === '' && entity.type !== 'brokers')
    throw usage(`There are no defaults for ${entity.type}: brokers have some`)
  if (/^broker/.test(entity.type) && entity.name !== undefined && entity.name !== '' && !/^\d+$/.test(entity.name))
    throw usage(`The entity name for ${entity.type} must be a valid integer broker id, found: ${entity.name}`)
  return entity
}

/** Users, clients and addresses that are named; none when something else is meant. */
function quotaEntitiesOf(parsed: Options): QuotaEntity[] {
  // A client comes before its user, as it does in what Kafka's tool says it has done.
  const flags = [
    { type: 'clients', name: parsed.text('client'), isDefault: parsed.has('client-defaults') },
    { type: 'users', name: parsed.text('user'), isDefault: parsed.has('user-defaults') },
    { type: 'ips', name: parsed.text('ip'), isDefault: parsed.has('ip-defaults') },
  ] as const
  const byFlag = flags
    .filter(({ name, isDefault }) => name !== undefined || isDefault)
    .map(({ type, name, isDefault }) => ({ type, name: isDefault ? '' : name }))
  const byType = parsed.texts('entity-type').flatMap((text, index) => {
    const type = quotaTypes.find(each => each === text)
    if (type === undefined) return []
    return [{ type, name: parsed.texts('entity-name')[index] ?? (parsed.has('entity-default') ? '' : undefined) }]
  })
  const entities = [...byFlag, ...byType]
  if (entities.length === 0) return []
  const others = (['topic', 'broker', 'broker-defaults', 'broker-logger', 'client-metrics', 'group'] as const).some(
    name => parsed.has(name),
  )
  const hasIp = entities.some(({ type }) => type === 'ips')
  if (others || byType.length < parsed.texts('entity-type').length || (hasIp && entities.length > 1))
    throw usage("Only 'users' and 'clients' entity types may be specified together")
  return entities
}

function settingsToSet(parsed: Options): Map<string, string> {
  const file = parsed.text('add-config-file')
  const settings = new Map(file === undefined ? [] : Object.entries(readProperties(file)))
  const text = parsed.text('add-config')
  if (text === undefined) return settings
  for (const pair of text.split(/,(?=[^\]]*(?:\[|$))/)) {
    const [key, value, more] = pair.split(/\s*=\s*(?=[^\]]*(?:\[|$))/)
    if (key === undefined || value === undefined || more !== undefined)
      throw usage('requirement failed: Invalid entity config: all configs to be added must be in the format "key=val".')
    if (!/^[\w.-]*$/.test(key.trim())) throw usage(`Invalid character found for config key: ${key.trim()}`)
    settings.set(key.trim(), value.replaceAll(/[[\]]/g, '').trim())
  }
  return settings
}
