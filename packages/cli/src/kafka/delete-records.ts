/** `kafka-delete-records`: moves the start of partitions up, so that what lies before may go. */
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { write } from '../command-io.ts'
import { javaException } from './java-exception.ts'
import { readPartitionFile } from './partition-file.ts'
import { clusterOptions, defineScript } from './script.ts'

export const deleteRecords = defineScript({
  summary: 'Delete the records of partitions up to an offset.',
  options: {
    ...clusterOptions,
    'offset-json-file': {
      value: 'file',
      doc: 'The partitions and their offsets: {"partitions":[{"topic":"foo","partition":1,"offset":1}],"version":1}. Offset -1 is the high watermark.',
    },
  },
  async run(options, io) {
    const needs = 'a topic, a partition and an offset (-1 for the high watermark)'
    const isEntry = ({ offset }: Readonly<Record<string, unknown>>) => Number.isSafeInteger(offset)
    const entries = readPartitionFile(options.required('offset-json-file'), { needs, isEntry })
    const names = entries.map(({ topic, partition }) => `${topic}-${partition}`)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) {
      io.stderr.write(`Offset json file contains duplicate topic partitions: ${twice}\n`)
      return 1
    }
    const settings = clusterSettings(io, {
      bootstrapServer: options.text('bootstrap-server'),
      configFile: options.text('command-config'),
    })
    return withAdmin(io, settings, async admin => {
      await write(io.stdout, 'Executing records delete operation\n')
      const records = entries.map(({ topic, partition, offset }) => ({
        topic,
        partition,
        beforeOffset: offset as number,
      }))
      const outcomes = await admin.deleteRecords(records).outcomes()
      await write(io.stdout, 'Records delete operation completed:\n')
      for (const { key, value, error } of outcomes) {
        const name = `${key.topic}-${key.partition}`
        const outcome =
          error === undefined ? `low_watermark: ${value.lowWatermark}` : `error: ${javaException(error, name)}`
        await write(io.stdout, `partition: ${name}\t${outcome}\n`)
      }
      return outcomes.some(({ error }) => error !== undefined) ? 1 : 0
    })
  },
})
