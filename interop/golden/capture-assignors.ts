/**
 * Captures what Kafka's own assignors decide, with the bytes of every subscription and assignment:
 *
 *     node interop/golden/capture-assignors.ts <directory with Kafka's jars>
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const seed = '1'
const groups = '48'
const vectors = join(import.meta.dirname, '../../packages/client/src/consumer/assignors/vectors/assignors.json')
const jars = join(process.argv[2] ?? '', '*')
const classes = mkdtempSync(join(tmpdir(), 'dorsale-assignors-'))
try {
  execFileSync('javac', ['-cp', jars, '-d', classes, join(import.meta.dirname, 'AssignorHarness.java')])
  const options = { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'] }
  const output = execFileSync('java', ['-cp', `${classes}:${jars}`, 'AssignorHarness', seed, groups], options)
  const lines = output.toString().trimEnd().split('\n')
  writeFileSync(
    vectors,
    `{\n"source": "Apache Kafka 4.4.0: its assignors and ConsumerProtocol",\n"rebalances": [\n${lines.join(',\n')}\n]\n}\n`,
  )
} finally {
  rmSync(classes, { recursive: true })
}
