/** `kafka-cluster`: the cluster as a whole. */
import type { Admin } from '@dorsale/client'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { write } from '../command-io.ts'
import { usage } from './options.ts'
import { controllerOptions, defineScript } from './script.ts'

export const cluster = defineScript({
  summary: 'Print the id or the brokers of a cluster, or remove a broker that will not come back.',
  prefixes: true,
  actions: {
    'cluster-id': 'Print the id of the cluster.',
    unregister: 'Remove a broker that has left for good.',
    'list-endpoints': 'Print the addresses of the brokers, or of the controllers.',
  },
  options: {
    ...controllerOptions,
    'bootstrap-server': { ...controllerOptions['bootstrap-server'], short: 'b' },
    'bootstrap-controller': { ...controllerOptions['bootstrap-controller'], short: 'C' },
    'command-config': { ...controllerOptions['command-config'], short: 'c', aliases: ['config'] },
    id: { short: 'i', value: 'id', doc: 'The broker to remove.' },
    'include-fenced-brokers': { kind: 'flag', doc: 'Print brokers as well that are not serving.' },
  },
  async run(options, io) {
    const { action } = options
    if (action === undefined) throw usage('say what to do: cluster-id, unregister or list-endpoints')
    const settings = clusterSettings(io, {
      bootstrapServer: options.text('bootstrap-server'),
      bootstrapController: options.text('bootstrap-controller'),
      configFile: options.text('command-config'),
    })
    const brokerId = action === 'unregister' ? options.integer('id') : -1
    if (brokerId === undefined) throw usage('Missing required argument "[id]"')
    const isOfControllers = options.has('bootstrap-controller')
    const includeFencedBrokers = options.has('include-fenced-brokers')
    if (isOfControllers && includeFencedBrokers)
      throw usage('The option --include-fenced-brokers is only supported with --bootstrap-server option')
    return withAdmin(io, settings, async admin => {
      if (action === 'cluster-id') {
        await write(io.stdout, `Cluster ID: ${(await admin.describeCluster()).clusterId}\n`)
      } else if (action === 'unregister') {
        await admin.unregisterBroker(brokerId)
        await write(io.stdout, `Broker ${brokerId} is no longer registered.\n`)
      } else await write(io.stdout, await endpoints(admin, { isOfControllers, includeFencedBrokers }))
      return 0
    })
  },
})

const idWidth = 10
const portWidth = 10
const rackWidth = 10
const stateWidth = 10
const typeWidth = 15

async function endpoints(
  admin: Admin,
  { isOfControllers, includeFencedBrokers }: { isOfControllers: boolean; includeFencedBrokers: boolean },
): Promise<string> {
  const { brokers } = await admin.describeCluster({ includeFencedBrokers })
  const hostWidth = Math.max(...brokers.map(({ host }) => host.length), 'HOST'.length)
  const line = (cells: { id: string; host: string; port: string; rack: string; state: string; type: string }) => {
    // Controllers are not fenced.
    const state = isOfControllers ? [] : [cells.state.padEnd(stateWidth)]
    const before = [cells.id.padEnd(idWidth), cells.host.padEnd(hostWidth), cells.port.padEnd(portWidth)]
    return `${[...before, cells.rack.padEnd(rackWidth), ...state, cells.type.padEnd(typeWidth)].join(' ')}\n`
  }
  const header = { id: 'ID', host: 'HOST', port: 'PORT', rack: 'RACK', state: 'STATE', type: 'ENDPOINT_TYPE' }
  const rows = brokers.map(broker =>
    line({
      id: String(broker.nodeId),
      host: broker.host,
      port: String(broker.port),
      rack: broker.rack ?? 'null',
      state: broker.isFenced ? 'fenced' : 'unfenced',
      type: isOfControllers ? 'controller' : 'broker',
    }),
  )
  return line(header) + rows.join('')
}
