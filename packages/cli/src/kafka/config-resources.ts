/** Settings of resources, as `kafka-configs` prints and changes them. */
import type { Admin, ConfigResourceType, ConfigSource } from '@dorsale/client'
import { type CommandIo, write } from '../command-io.ts'
import { usage } from './options.ts'

export const entityTypes = ['topics', 'brokers', 'broker-loggers', 'client-metrics', 'groups'] as const
export type EntityType = (typeof entityTypes)[number]

/** The resource of each type, and the source of values that were set for one of them by name. */
const resources: Readonly<Record<EntityType, { type: ConfigResourceType; source: ConfigSource | undefined }>> = {
  topics: { type: 'TOPIC', source: 'DYNAMIC_TOPIC_CONFIG' },
  brokers: { type: 'BROKER', source: 'DYNAMIC_BROKER_CONFIG' },
  'broker-loggers': { type: 'BROKER_LOGGER', source: undefined },
  'client-metrics': { type: 'CLIENT_METRICS', source: 'DYNAMIC_CLIENT_METRICS_CONFIG' },
  groups: { type: 'GROUP', source: 'DYNAMIC_GROUP_CONFIG' },
}

/** One of them, or, without a name, all. The name '' stands for the defaults of all brokers. */
interface Entity {
  readonly type: EntityType
  readonly name: string | undefined
}

export async function describeResources(
  admin: Admin,
  io: CommandIo,
  { type, name, isAll }: Entity & { isAll: boolean },
): Promise<void> {
  const known = await knownNames(admin, type)
  const kind = type.slice(0, -1)
  if (!isAll && name !== undefined && name !== '' && !known.includes(name)) {
    const subject = type === 'broker-loggers' ? 'broker' : kind
    return write(io.stdout, `The ${subject} '${name}' doesn't exist and doesn't have dynamic config.\n`)
  }
  const names = name === undefined ? [...known, ...(type === 'brokers' ? [''] : [])] : [name]
  for (const each of names) {
    const { type: resourceType, source } = resources[type]
    const wanted = each === '' ? 'DYNAMIC_DEFAULT_BROKER_CONFIG' : source
    const [entries = []] = await admin.describeConfigs([{ type: resourceType, name: each }], { includeSynonyms: true })
    const title =
      each === ''
        ? `Default configs for ${type} in the cluster are:`
        : `${isAll ? 'All' : 'Dynamic'} configs for ${kind} ${each} are:`
    const lines = entries
      .filter(entry => isAll || wanted === undefined || entry.source === wanted)
      .sort((one, other) => (one.name < other.name ? -1 : 1))
      .map(entry => {
        const synonyms = entry.synonyms.map(synonym => `${synonym.source}:${synonym.name}=${synonym.value}`)
        return `  ${entry.name}=${entry.value} sensitive=${entry.isSensitive} synonyms={${synonyms.join(', ')}}`
      })
    await write(io.stdout, `${[title, ...lines].join('\n')}\n`)
  }
}

export async function alterResource(
  admin: Admin,
  io: CommandIo,
  change: { type: EntityType; name: string; toSet: ReadonlyMap<string, string>; toDelete: readonly string[] },
): Promise<void> {
  const { type, name, toSet, toDelete } = change
  const resource = { type: resources[type].type, name }
  if (type === 'broker-loggers') {
    const [known = []] = await admin.describeConfigs([resource])
    const missing = [...toDelete, ...toSet.keys()].filter(key => !known.some(entry => entry.name === key))
    if (missing.length > 0) throw usage(`Invalid broker logger(s): ${missing.join(',')}`)
  }
  const ops = [
    ...[...toSet].map(([key, value]) => ({ name: key, value, op: 'SET' as const })),
    ...toDelete.map(key => ({ name: key, op: 'DELETE' as const })),
  ]
  await admin.incrementalAlterConfigs([{ ...resource, ops }])
  const what = name === '' ? `default config for ${type} in the cluster` : `config for ${type.slice(0, -1)} ${name}`
  await write(io.stdout, `Completed updating ${what}.\n`)
}

async function knownNames(admin: Admin, type: EntityType): Promise<string[]> {
  switch (type) {
    case 'topics':
      return (await admin.listTopics({ listInternal: true })).map(({ name }) => name).sort()
    case 'brokers':
    case 'broker-loggers':
      return (await admin.describeCluster()).brokers.map(({ nodeId }) => String(nodeId))
    case 'client-metrics':
      return (await admin.listConfigResources({ types: ['CLIENT_METRICS'] })).map(({ name }) => name).sort()
    case 'groups': {
      const [groups, listed] = await Promise.all([admin.listGroups(), admin.listConfigResources({ types: ['GROUP'] })])
      return [...new Set([...groups.map(({ groupId }) => groupId), ...listed.map(({ name }) => name)])].sort()
    }
  }
}
