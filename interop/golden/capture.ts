/**
 * Captures the golden vectors of every message at every version from Kafka's own classes:
 *
 *     node interop/golden/capture.ts <directory with Kafka's jars>
 *
 * and Kafka's tables of errors and APIs. Per version: the defaults, a random message, every value at its smallest, every value at its largest. Written to
 * `packages/protocol/vectors/messages`, one file per message, one line per vector, with the JSON that Kafka prints for its bytes.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededPrng } from '@dorsale/base'
import { allMessages, createMessage, formatMessage, type MessageTable } from '@dorsale/protocol'
import { greatestLeaves, leastLeaves, randomLeaves, sampleMessage } from '../../packages/protocol/src/testing/sample.ts'
import { Harness, jarDirectory } from './harness.ts'

const vectors = join(import.meta.dirname, '../../packages/protocol/vectors')
const directory = join(vectors, 'messages')

/** What is captured of a message at a version. */
function samples(table: MessageTable, version: number) {
  const prng = seededPrng(version, table.name)
  return {
    default: createMessage(table),
    random: sampleMessage(table, version, randomLeaves(prng)),
    least: sampleMessage(table, version, leastLeaves),
    greatest: sampleMessage(table, version, greatestLeaves),
  }
}

const harness = new Harness(jarDirectory())
rmSync(directory, { recursive: true, force: true })
mkdirSync(directory, { recursive: true })
for (const table of allMessages) {
  const lines: string[] = []
  for (let version = table.validVersions.min; version <= table.validVersions.max; version++) {
    for (const [name, value] of Object.entries(samples(table, version))) {
      const json = formatMessage(table, version, value)
      const verdict = await harness.encode(table.name, version, json)
      lines.push(`{"version":${version},"case":"${name}","hex":"${verdict.hex}","json":${verdict.json}}`)
    }
  }
  if (lines.length > 0) writeFileSync(join(directory, `${table.name}.json`), `[\n${lines.join(',\n')}\n]\n`)
}
const { errors, apis } = await harness.facts()
writeFileSync(join(vectors, 'errors.json'), onePerLine(errors))
writeFileSync(join(vectors, 'apis.json'), onePerLine(apis))
harness.close()

function onePerLine(rows: object[]): string {
  return `[\n${rows.map(row => JSON.stringify(row)).join(',\n')}\n]\n`
}
