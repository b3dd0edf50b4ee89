/** `kafka-metadata-quorum`: who votes on the metadata, who leads, and how far each has come. */
import type { Admin, QuorumInfo, QuorumReplica } from '@dorsale/client'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { write } from '../command-io.ts'
import { usage } from './options.ts'
import { paddedTable } from './padded-table.ts'
import { controllerOptions, defineScript } from './script.ts'

export const metadataQuorum = defineScript({
  summary: 'Print or change the quorum of controllers.',
  prefixes: true,
  actions: {
    describe: 'Print the quorum: with --status as a whole, with --replication replica by replica.',
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
    if (action === undefined) throw usage('say what to do: describe or remove-controller')
    if (action === 'describe' && options.has('status') === options.has('replication')) {
      throw usage(
        options.has('status')
          ? 'Only one of --status or --replication should be specified with describe sub-command'
          : 'One of --status or --replication must be specified with describe sub-command',
      )
    }
    if (options.has('status') && options.has('human-readable'))
      throw usage('The option --human-readable is only supported along with --replication')
    const settings = clusterSettings(io, {
      bootstrapServer: options.text('bootstrap-server'),
      bootstrapController: options.text('bootstrap-controller'),
      configFile: options.text('command-config'),
    })
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

async function statusOf(admin: Admin, info: QuorumInfo): Promise<string> {
  const { leaderId, leaderEpoch, highWatermark, voters, observers, nodes } = info
  const leader = voters.find(({ replicaId }) => replicaId === leaderId)
  const slowest = voters.reduce((least, { logEndOffset }) => Math.min(least, logEndOffset), Number.POSITIVE_INFINITY)
  const lag = leader === undefined ? 0 : leader.logEndOffset - slowest
  const endpointsOf = (id: number) =>
    nodes
      .find(({ nodeId }) => nodeId === id)
      ?.endpoints.map(({ name, host, port }) => `${name}://${host.includes(':') ? `[${host}]` : host}:${port}`) ?? []
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
