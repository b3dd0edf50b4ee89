/** `kafka-log-dirs`: what lies in the log directories of brokers, as JSON. */
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { write } from '../command-io.ts'
import { usage } from './options.ts'
import { clusterOptions, defineScript } from './script.ts'

export const logDirs = defineScript({
  summary: 'Print the replicas in the log directories of brokers, as JSON.',
  options: {
    ...clusterOptions,
    describe: { kind: 'flag', doc: 'What this tool does; it must be said.' },
    'topic-list': { value: 'topics', doc: 'The topics, separated by commas. Default: all of them.' },
    'broker-list': { value: 'ids', doc: 'The brokers, separated by commas. Default: all of them.' },
  },
  async run(options, io) {
    if (!options.has('describe')) throw usage('Missing required argument "[describe]"')
    const topics = new Set(split(options.text('topic-list')))
    const settings = clusterSettings(io, {
      bootstrapServer: options.text('bootstrap-server'),
      configFile: options.text('command-config'),
    })
    return withAdmin(io, settings, async admin => {
      const existing = (await admin.describeCluster()).brokers.map(({ nodeId }) => nodeId)
      const asked = split(options.text('broker-list')).map(Number)
      const unknown = asked.filter(id => !existing.includes(id))
      if (unknown.length > 0) {
        const sentence = `The given brokers do not exist from --broker-list: ${unknown.join(',')}.`
        io.stderr.write(`ERROR: ${sentence} Current existent brokers: ${existing.join(',')}\n`)
        return 1
      }
      const brokers = asked.length > 0 ? asked : existing
      await write(io.stdout, 'Querying brokers for log directories information\n')
      const outcomes = await admin.describeLogDirs(brokers).outcomes()
      await write(io.stdout, `Received log directory information from brokers ${brokers.join(',')}\n`)
      const document = {
        brokers: outcomes.map(({ key: broker, value: dirs, error }) => {
          if (error !== undefined) throw error
          return {
            broker,
            logDirs: dirs.map(dir => ({
              partitions: dir.replicaInfos
                .filter(({ topic }) => topics.size === 0 || topics.has(topic))
                .map(({ topic, partition, size, offsetLag, isFuture }) => ({
                  partition: `${topic}-${partition}`,
                  size,
                  offsetLag,
                  isFuture,
                })),
              error: dir.error?.message ?? null,
              logDir: dir.logDir,
            })),
          }
        }),
        version: 1,
      }
      await write(io.stdout, `${JSON.stringify(document)}\n`)
      return 0
    })
  },
})

function split(text = ''): string[] {
  return text.split(',').filter(word => word !== '')
}
