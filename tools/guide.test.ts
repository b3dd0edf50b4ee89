/** The guide's programs are those of the examples, and they run. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startTestBroker, type TestBroker } from '@dorsale/testkit'

const root = fileURLToPath(new URL('..', import.meta.url))
const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8')
const flat = (text: string) => text.replaceAll(/^ +/gm, '')

test('each program in the guide is in the example that it names', () => {
  const quoted = [...guide.matchAll(/\]\(\.\.\/(examples\/[\w/-]+\.ts)\)[^`]*```ts\n([\s\S]*?)```/g)]
  assert.deepEqual(
    quoted.map(([, file]) => file),
    ['examples/guide/produce.ts', 'examples/guide/consume.ts', 'examples/exactly-once.ts'],
  )
  for (const [, file = '', code = ''] of quoted) {
    const example = readFileSync(join(root, file), 'utf8')
    assert.ok(flat(example).includes(flat(code)), `${file} does not have what the guide quotes of it`)
  }
})

/** Runs an example until it has printed what `isDone` waits for, ends it as Ctrl-C would, and answers what it printed. */
async function run(
  broker: TestBroker,
  { file, words = [], isDone }: { file: string; words?: readonly string[]; isDone?: (stdout: string) => boolean },
): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'examples', file), ...words, broker.bootstrapServers])
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', chunk => {
    stdout += chunk
    if (isDone?.(stdout)) child.kill('SIGINT')
  })
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  const code = await new Promise(resolve => child.on('close', resolve))
  assert.deepEqual([code, stderr], [0, ''])
  return stdout
}

test('the programs of the guide do what it says', async () => {
  await using broker = await startTestBroker({ topics: ['orders', 'invoices'] })
  const produced = await run(broker, { file: 'guide/produce.ts' })
  assert.match(produced, /^order at partition 0, offset 0\n999 more orders\n$/)
  const consumed = await run(broker, { file: 'guide/consume.ts', isDone: stdout => stdout.includes('1000: ') })
  assert.match(consumed, /^1: espresso for ada\n2: tea for guest-1\n/)
})
