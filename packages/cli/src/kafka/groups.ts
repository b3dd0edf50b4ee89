/** `kafka-groups`: groups of every type. */
import type { GroupListing, GroupType, ListGroupsOptions } from '@dorsale/client'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { write } from '../command-io.ts'
import { formatColumns } from '../output/columns.ts'
import { usage } from './options.ts'
import { clusterOptions, defineScript } from './script.ts'

const types: readonly GroupType[] = ['Classic', 'Consumer', 'Share', 'Streams']

export const groups = defineScript({
  summary: 'List groups of every type.',
  options: {
    ...clusterOptions,
    list: { kind: 'flag', doc: 'List the groups.' },
    'group-type': { value: 'type', doc: 'Only groups of this type: classic, consumer, share or streams.' },
    protocol: { value: 'protocol', doc: 'Only groups of this protocol: consumer, connect, share...' },
    consumer: { kind: 'flag', doc: 'Only groups of consumers, of either type, and those that only commit offsets.' },
    share: { kind: 'flag', doc: 'Only share groups.' },
    streams: { kind: 'flag', doc: 'Only streams groups.' },
  },
  async run(options, io) {
    if (!options.has('list')) throw usage('Command must include exactly one action: --list.')
    const kinds = (['consumer', 'share', 'streams'] as const).filter(name => options.has(name))
    if (kinds.length > 1) throw usage('Only one of --consumer, --share and --streams may be specified')
    const text = options.text('group-type')
    const type = types.find(each => each.toLowerCase() === text?.toLowerCase())
    if (text !== undefined && type === undefined)
      throw usage(`--group-type must be a valid group type: ${types.join(', ')}`)
    const protocol = options.text('protocol')
    const filter: ListGroupsOptions = {
      ...(type === undefined ? {} : { types: [type] }),
      ...(protocol === undefined ? {} : { protocolTypes: [protocol] }),
      ...(kinds[0] === 'share' ? { types: ['Share'] } : {}),
      ...(kinds[0] === 'streams' ? { types: ['Streams'] } : {}),
      ...(kinds[0] === 'consumer' ? { types: ['Consumer', 'Classic'], protocolTypes: ['', 'consumer'] } : {}),
    }
    const settings = clusterSettings(io, {
      bootstrapServer: options.text('bootstrap-server'),
      configFile: options.text('command-config'),
    })
    return withAdmin(io, settings, async admin => {
      await write(io.stdout, groupTable(await admin.listGroups(filter)))
      return 0
    })
  },
})

/** Three columns, each as wide as the first; a blank behind the rows, as Kafka's tool prints them. */
export function groupTable(groups: readonly Pick<GroupListing, 'groupId' | 'type' | 'protocol'>[]): string {
  const width = Math.max(20, ...groups.map(({ groupId }) => groupId.length))
  const line = (...cells: string[]) => formatColumns([width, width, width], cells)
  const rows = groups.map(({ groupId, type = 'Unknown', protocol }) => `${line(groupId, type, protocol)} \n`)
  return `${line('GROUP', 'TYPE', 'PROTOCOL')}\n${rows.join('')}`
}
