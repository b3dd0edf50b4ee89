/** `dorsale cluster`: the cluster as a whole. */
import { withAdmin } from '../cluster/settings.ts'
import { write } from '../command-io.ts'
import { formatJson, formatTable } from '../output/table.ts'
import type { Define } from '../program.ts'
import {
  addClusterOptions,
  addOutputOption,
  type ClusterOptions,
  type OutputOptions,
  settingsOf,
} from './cluster-options.ts'

export const defineCluster: Define = (cluster, { io }) => {
  addOutputOption(addClusterOptions(cluster.command('describe')))
    .description('Its id, its brokers, and which of them stands for the controller.')
    .action((options: ClusterOptions & OutputOptions) =>
      withAdmin(io, settingsOf(io, options), async admin => {
        const { clusterId, controllerId, brokers } = await admin.describeCluster()
        const rows = brokers
          .toSorted((one, other) => one.nodeId - other.nodeId)
          .map(({ nodeId, host, port, rack }) => ({
            broker: nodeId,
            address: `${host}:${port}`,
            rack,
            controller: nodeId === controllerId,
          }))
        const text =
          options.output === 'json'
            ? formatJson({ clusterId, controllerId, brokers: rows })
            : `${clusterId}\n${formatTable(rows)}`
        await write(io.stdout, text)
      }),
    )
}
