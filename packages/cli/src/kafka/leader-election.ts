/** `kafka-leader-election`: has partitions led by their preferred replica again, or by whichever is left. */
import type { TopicPartition } from '@dorsale/client'
import { errorCodes, ProtocolError } from '@dorsale/protocol'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { write } from '../command-io.ts'
import { usage } from './options.ts'
import { readPartitionFile } from './partition-file.ts'
import { clusterOptions, defineScript } from './script.ts'

export const leaderElection = defineScript({
  summary: 'Have leaders of partitions elected.',
  options: {
    ...clusterOptions,
    'command-config': { ...clusterOptions['command-config'], aliases: ['admin.config'] },
    'election-type': {
      value: 'type',
      doc: 'preferred: the first replica, if it is in sync; unclean: any that is alive, though records may be lost.',
    },
    topic: { value: 'topic', doc: 'A topic; together with --partition.' },
    partition: { value: 'id', doc: 'A partition of --topic.' },
    'all-topic-partitions': { kind: 'flag', doc: 'Every partition that has need of it.' },
    'path-to-json-file': {
      value: 'file',
      doc: 'The partitions, in a file: {"partitions":[{"topic":"foo","partition":1},{"topic":"foobar","partition":2}]}.',
    },
  },
  async run(options, io) {
    const type = options.required('election-type').toUpperCase()
    if (type !== 'PREFERRED' && type !== 'UNCLEAN')
      throw usage(`Cannot parse argument '${type.toLowerCase()}' of option election-type: it is preferred or unclean`)
    const ways = (['topic', 'all-topic-partitions', 'path-to-json-file'] as const).filter(name => options.has(name))
    if (ways.length !== 1) {
      const names = 'topic, all-topic-partitions, path-to-json-file'
      throw usage(`One and only one of the following options is required: ${names}`)
    }
    if (options.has('topic') !== options.has('partition')) throw usage('topic and partition go together')
    let partitions: TopicPartition[] | undefined
    const path = options.text('path-to-json-file')
    if (path !== undefined) partitions = readPartitionFile(path, { needs: 'a topic and a partition' })
    const topic = options.text('topic')
    if (topic !== undefined) partitions = [{ topic, partition: options.integer('partition') ?? 0 }]
    const settings = clusterSettings(io, {
      bootstrapServer: options.text('bootstrap-server'),
      configFile: options.text('command-config'),
    })
    return withAdmin(io, settings, async admin => {
      const outcomes = await admin.electLeaders(type, partitions).outcomes()
      const nameOf = ({ key }: { key: TopicPartition }) => `${key.topic}-${key.partition}`
      const elected = outcomes.filter(({ error }) => error === undefined).map(nameOf)
      const isNoop = (error: Error | undefined) =>
        error instanceof ProtocolError && error.errorCode === errorCodes.ELECTION_NOT_NEEDED
      const unneeded = outcomes.filter(({ error }) => isNoop(error)).map(nameOf)
      const failed = outcomes.filter(({ error }) => error !== undefined && !isNoop(error))
      if (elected.length > 0)
        await write(
          io.stdout,
          `Successfully completed leader election (${type}) for partitions ${elected.join(', ')}\n`,
        )
      if (unneeded.length > 0)
        await write(io.stdout, `Valid replica already elected for partitions ${unneeded.join(', ')}\n`)
      for (const outcome of failed) {
        const why = outcome.error?.message ?? ''
        await write(io.stdout, `Error completing leader election (${type}) for partition: ${nameOf(outcome)}: ${why}\n`)
      }
      if (failed.length === 0) return 0
      io.stderr.write(`${failed.length} replica(s) could not be elected\n`)
      return 1
    })
  },
})
