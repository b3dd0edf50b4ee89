/** `kafka-metadata-quorum`: who votes on the metadata, who leads, and how far each has come. */
import { type Admin, adminTable, type QuorumInfo, type QuorumReplica, type RaftVoterEndpoint } from '@dorsale/client'
import {
  type ClusterSettings,
  clusterSettings,
  readProperties,
  type SettingsSources,
  withAdmin,
} from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { controllerToAdd } from './controller-properties.ts'
import { usage } from './options.ts'
import { paddedTable } from './padded-table.ts'
import { controllerOptions, defineScript } from './script.ts'

export const metadataQuorum = defineScript({
  summary: 'Print or change the quorum of controllers.',
  prefixes: true,
  actions: {
    describe: 'Print the quorum: with --status as a whole, with --replication replica by replica.',
    'add-controller': 'Have a controller vote: that of the configuration file of --command-config.',
    'remove-controller': 'Take a controller out of the voters.',
  },
  options: {
    ...controllerOptions,
    status: { kind: 'flag', doc: 'The quorum as a whole.' },
    replication: { kind: 'flag', doc: 'How far each replica has come.' },
    'human-readable': { kind: 'flag', doc: 'Times as so and so long ago.' },
    'controller-id': { short: 'i', value: 'id', doc: 'The controller to take out.' },
    'controller-directory-id': { short: 'd', value: 'id', doc: 'Directory id of that controller.' },
    'dry-run': { kind: 'flag', doc: 'Say what would be done, and do not do it.' },
  },
  async run(options, io) {
    const { action } = options
    if (action === undefined) throw usage('say what to do: describe, add-controller or remove-controller')
    if (action === 'describe' && options.has('status') === options.has('replication')) {
      throw usage(
        options.has('status')
          ? 'Only one of --status or --replication should be specified with describe sub-command'
          : 'One of --status or --replication must be specified with describe sub-command',
      )
    }
    if (options.has('status') && options.has('human-readable'))
      throw usage('The option --human-readable is only supported along with --replication')
    const bootstrap = {
      bootstrapServer: options.text('bootstrap-server'),
      bootstrapController: options.text('bootstrap-controller'),
    }
    if (action === 'add-controller') {
      const file = options.text('command-config')
      if (file === undefined)
        throw usage(
          'You must supply the configuration file of the controller you are adding when using add-controller.',
        )
      return addController(io, { bootstrap, properties: readProperties(file), isDryRun: options.has('dry-run') })
    }
    const settings = clusterSettings(io, { ...bootstrap, configFile: options.text('command-config') })
    if (action === 'remove-controller') {
      const id = options.integer('controller-id')
      if (id === undefined) throw usage('Missing required argument "[controller-id]"')
      const directoryId = options.required('controller-directory-id')
      return withAdmin(io, settings, async admin => {
        const isDryRun = options.has('dry-run')
        if (!isDryRun) await admin.removeRaftVoter(id, directoryId)
        const done = isDryRun ? 'DRY RUN of removing' : 'Removed'
        await write(io.stdout, `${done} KRaft controller ${id} with directory id ${directoryId}\n`)
        return 0
      })
    }
    return withAdmin(io, settings, async admin => {
      const info = await admin.describeMetadataQuorum()
      const text = options.has('status')
        ? await statusOf(admin, info)
        : replicationOf(info, options.has('human-readable') ? io.world.clock.now() : undefined)
      await write(io.stdout, text)
      return 0
    })
  },
})

async function addController(
  io: CommandIo,
  given: { bootstrap: SettingsSources; properties: ClusterSettings; isDryRun: boolean },
): Promise<number> {
  const { id, directoryId, endpoints } = controllerToAdd(given.properties)
  // The file is the controller's; what is in it for clients as well is meant for this one.
  const own = Object.entries(given.properties).filter(([key]) => adminTable.row(key) !== undefined)
  const settings = clusterSettings(io, { ...given.bootstrap, properties: own.map(([key, value]) => `${key}=${value}`) })
  return withAdmin(io, settings, async admin => {
    if (!given.isDryRun) await admin.addRaftVoter(id, directoryId, endpoints)
    const done = given.isDryRun ? 'DRY RUN of adding' : 'Added'
    const where = endpoints.map(endpointText).join(', ')
    await write(io.stdout, `${done} controller ${id} with directory id ${directoryId} and endpoints: ${where}\n`)
    return 0
  })
}

function endpointText({ name, host, port }: RaftVoterEndpoint): string {
  return `${name}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

async function statusOf(admin: Admin, info: QuorumInfo): Promise<string> {
  const { leaderId, leaderEpoch, highWatermark, voters, observers, nodes } = info
  const leader = voters.find(({ replicaId }) => replicaId === leaderId)
  const slowest = voters.reduce((least, { logEndOffset }) => Math.min(least, logEndOffset), Number.POSITIVE_INFINITY)
  const lag = leader === undefined ? 0 : leader.logEndOffset - slowest
  const endpointsOf = (id: number) => nodes.find(({ nodeId }) => nodeId === id)?.endpoints.map(endpointText) ?? []
  const told = ({ replicaId, replicaDirectoryId }: QuorumReplica, endpoints: readonly string[]) =>
    `{"id": ${replicaId}, "directoryId": ${directoryText(replicaDirectoryId)}${
      endpoints.length === 0 ? '' : `, "endpoints": [${endpoints.map(each => `"${each}"`).join(', ')}]`
    }}`
  const lines: [string, string | number][] = [
    ['ClusterId', (await admin.describeCluster()).clusterId],
    ['LeaderId', leaderId],
    ['LeaderEpoch', leaderEpoch],
    ['HighWatermark', highWatermark],
    ['MaxFollowerLag', lag],
    ['MaxFollowerLagTimeMs', lagTimeMs(info, leader)],
    ['CurrentVoters', `[${voters.map(voter => told(voter, endpointsOf(voter.replicaId))).join(', ')}]`],
    ['CurrentObservers', `[${observers.map(observer => told(observer, [])).join(', ')}]`],
  ]
  return lines.map(([name, value]) => `${`${name}:`.padEnd(nameWidth)}${value}\n`).join('')
}

const nameWidth = 24
const noDirectoryId = 'AAAAAAAAAAAAAAAAAAAAAA'

function directoryText(id: string): string {
  return id === noDirectoryId || id === '' ? 'null' : `"${id}"`
}

/** How long ago the slowest voter had everything; -1 when a voter has not fetched yet. */
function lagTimeMs({ voters }: QuorumInfo, leader: QuorumReplica | undefined): number {
  const times = voters.map(({ lastCaughtUpTimestamp }) => lastCaughtUpTimestamp)
  if (leader?.lastCaughtUpTimestamp === undefined) return 0
  if (times.includes(undefined)) return -1
  return leader.lastCaughtUpTimestamp - Math.min(...times.map(Number))
}

function replicationOf({ leaderId, voters, observers }: QuorumInfo, nowMs: number | undefined): string {
  const leaderEnd = voters.find(({ replicaId }) => replicaId === leaderId)?.logEndOffset ?? 0
  const timeOf = (timestamp: number | undefined) => {
    if (timestamp === undefined) return '-1'
    return nowMs === undefined ? String(timestamp) : `${Math.max(0, nowMs - timestamp)} ms ago`
  }
  const rowOf = (replica: QuorumReplica, status: string) => [
    String(replica.replicaId),
    replica.replicaDirectoryId,
    String(replica.logEndOffset),
    String(leaderEnd - replica.logEndOffset),
    timeOf(replica.lastFetchTimestamp),
    timeOf(replica.lastCaughtUpTimestamp),
    status,
  ]
  const leader = voters.filter(({ replicaId }) => replicaId === leaderId)
  const followers = voters.filter(({ replicaId }) => replicaId !== leaderId)
  return paddedTable(
    ['NodeId', 'DirectoryId', 'LogEndOffset', 'Lag', 'LastFetchTimestamp', 'LastCaughtUpTimestamp', 'Status'],
    [
      ...leader.map(each => rowOf(each, 'Leader')),
      ...followers.map(each => rowOf(each, 'Follower')),
      ...observers.map(each => rowOf(each, 'Observer')),
    ],
  )
}
