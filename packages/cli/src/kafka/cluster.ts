/** `kafka-cluster`: the cluster as a whole. */
import type { Admin, BrokerInfo } from '@dorsale/client'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { write } from '../command-io.ts'
import { usage } from './options.ts'
import { clusterOptions, defineScript } from './script.ts'

export const cluster = defineScript({
  summary: 'Print the id or the brokers of a cluster, or remove a broker that will not come back.',
  prefixes: true,
  actions: {
    'cluster-id': 'Print the id of the cluster.',
    unregister: 'Remove a broker that has left for good.',
    'list-endpoints': 'Print the addresses of the brokers.',
  },
  options: {
    ...clusterOptions,
    'command-config': { ...clusterOptions['command-config'], short: 'c', aliases: ['config'] },
    id: { short: 'i', value: 'id', doc: 'The broker to remove.' },
    'include-fenced-brokers': { kind: 'flag', doc: 'Print brokers as well that are not serving.' },
  },
  async run(options, io) {
    const { action } = options
    if (action === undefined) throw usage('say what to do: cluster-id, unregister or list-endpoints')
    const settings = clusterSettings(io, {
      bootstrapServer: options.text('bootstrap-server'),
      configFile: options.text('command-config'),
    })
    const brokerId = action === 'unregister' ? options.integer('id') : -1
    if (brokerId === undefined) throw usage('Missing required argument "[id]"')
    return withAdmin(io, settings, async admin => {
      if (action === 'cluster-id') {
        await write(io.stdout, `Cluster ID: ${(await admin.describeCluster()).clusterId}\n`)
      } else if (action === 'unregister') {
        await admin.unregisterBroker(brokerId)
        await write(io.stdout, `Broker ${brokerId} is no longer registered.\n`)
      } else await write(io.stdout, await endpoints(admin, options.has('include-fenced-brokers')))
      return 0
    })
  },
})

const idWidth = 10
const rackWidth = 10
const stateWidth = 10
const typeWidth = 15

async function endpoints(admin: Admin, includeFencedBrokers: boolean): Promise<string> {
  const { brokers } = await admin.describeCluster({ includeFencedBrokers })
  const hostWidth = Math.max(...brokers.map(({ host }) => host.length), 'HOST'.length)
  const line = (id: string, host: string, port: string, rack: string, state: string, type: string) =>
    `${id.padEnd(idWidth)} ${host.padEnd(hostWidth)} ${port.padEnd(10)} ${rack.padEnd(rackWidth)} ${state.padEnd(stateWidth)} ${type.padEnd(typeWidth)}\n`
  const rows = brokers.map((broker: BrokerInfo & { readonly isFenced: boolean }) =>
    line(
      String(broker.nodeId),
      broker.host,
      String(broker.port),
      broker.rack ?? 'null',
      broker.isFenced ? 'fenced' : 'unfenced',
      'broker',
    ),
  )
  return line('ID', 'HOST', 'PORT', 'RACK', 'STATE', 'ENDPOINT_TYPE') + rows.join('')
}
