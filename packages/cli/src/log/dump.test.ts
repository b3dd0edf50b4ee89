/** What Kafka's tool prints of directories that Apache Kafka 4.4.0 wrote, and ours of the same (`fixtures/README.md`). */
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { run } from '../testing/run.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const fixture = (name: string) => readFileSync(join(root, 'packages/cli/fixtures', name), 'utf8')
const transactions = 'packages/storage/fixtures/clean/transactions-0'
const folder = mkdtempSync(join(tmpdir(), 'dorsale-dump-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** The tool, on files named from the root of the repository. */
async function dump(files: readonly string[], ...options: string[]) {
  const paths = files.map(file => join(root, file))
  const { code, stdout, stderr } = await run(['kafka-dump-log', ...options, '--files', paths.join(',')])
  return { code, stdout: stdout.replaceAll(root, ''), stderr: stderr.replaceAll(root, '') }
}

test('segments with transactions, their indexes and the snapshots of their producers', async () => {
  const golden = fixture('dump-transactions.txt')
  const files = [...golden.matchAll(/^Dumping (.*)$/gm)].map(([, file = '']) => file)
  const { code, stdout, stderr } = await dump(files, '--print-data-log')
  assert.equal(code, 0)
  assert.deepEqual(stdout.split('\n'), golden.split('\n'))
  assert.match(stderr, /^Mismatches in |^Found timestamp mismatch|^$/)
})

test('the metadata log', async () => {
  const golden = fixture('dump-metadata.txt')
  const [, file = ''] = /^Dumping (.*)$/m.exec(golden) ?? []
  const { stdout, stderr } = await dump([file], '--cluster-metadata-decoder')
  assert.deepEqual([stdout.split('\n'), stderr], [golden.split('\n'), ''])
})

test('groups and their members are decoded', async () => {
  // Apache Kafka's log of a group whose only member came and went: three batches of one record.
  const hex =
    '00000000000000000000006a0000000002f0d6905e000000000000000001a21c868f75000001a21c868f75ffffffffffffffffffff0000000000000001700000003400020016636f6e736f6c652d636f6e73756d65722d3733373230300003000000000000ffffffff000001a21c868f7500000000000000000000000001000001530000000002b5847db8000000000000000001a21c868f82000001a21c868f82ffffffffffffffffffff0000000000000001c0040000003400020016636f6e736f6c652d636f6e73756d65722d3733373230fe0300030008636f6e73756d657200000001000572616e67650035636f6e736f6c652d636f6e73756d65722d32323833393363622d383437392d346630382d383431362d663139323437306631383135000001a21c868f7a000000010035636f6e736f6c652d636f6e73756d65722d32323833393363622d383437392d346630382d383431362d663139323437306631383135ffff0010636f6e736f6c652d636f6e73756d6572000a2f3132372e302e302e31000493e00000afc80000001c00030000000100066f7264657273ffffffff00000000ffffffffffff0000002200030000000100066f726465727300000003000000000000000100000002ffffffff00'
  const directory = join(folder, '__consumer_offsets-0')
  mkdirSync(directory)
  const path = join(directory, '00000000000000000000.log')
  writeFileSync(path, Buffer.from(`${hex}ffff`, 'hex'))
  const { stdout } = await run(['kafka-dump-log', '--offsets-decoder', '--files', path])
  const lines = stdout.trimEnd().split('\n')
  assert.match(
    lines[3] ?? '',
    /^\| offset: 0 CreateTime: 1795774910325 keySize: 26 valueSize: 24 sequence: 0 headerKeys: \[\] key: \{"type":"2","data":\{"group":"console-consumer-73720"\}\} payload: \{"version":"3","data":\{"protocolType":""/,
  )
  const member =
    '"subscription":{"topics":["orders"],"userData":null,"ownedPartitions":[],"generationId":-1,"rackId":null},"assignment":{"assignedPartitions":[{"topic":"orders","partitions":[0,1,2]}],"userData":null}}]}}'
  assert.ok(lines[5]?.endsWith(member), lines[5])
  assert.equal(lines[6], 'Found 2 invalid bytes at the end of 00000000000000000000.log')
  const ours = await run(['log', 'dump', directory])
  assert.ok(ours.stdout.includes(member), 'the decoder is chosen by the directory')
})

test('an index that does not agree with its segment is told of', async () => {
  for (const name of ['00000000000000000014.log', '00000000000000000014.index'])
    copyFileSync(join(root, transactions, name), join(folder, name))
  const index = join(folder, '00000000000000000014.index')
  const entries = readFileSync(index)
  assert.equal((await run(['log', 'dump', '--check', index])).code, 0)
  entries.writeUInt32BE(entries.readUInt32BE(0) + 1, 0)
  writeFileSync(index, entries)
  const wrong = await run(['kafka-dump-log', '--verify-index-only', '--files', index])
  assert.equal(wrong.stdout, `Dumping ${index}\n`)
  assert.match(wrong.stderr, /^Mismatches in :.*\n {2}Index offset: \d+, log offset: \d+\n$/)
  assert.equal((await run(['log', 'dump', '--check', index])).code, 1)
  const sane = await run(['kafka-dump-log', '--index-sanity-check', '--files', index])
  assert.match(sane.stdout, /00000000000000000014\.index passed sanity check\.\n$/)
})

test('damage and what is no file of a log are told of', async () => {
  const snapshot = join(folder, '00000000000000000007.snapshot')
  writeFileSync(snapshot, Buffer.from('0001000000000000', 'hex'))
  assert.match((await run(['kafka-dump-log', '--files', snapshot])).stderr, /is damaged/)
  const missing = await run(['kafka-dump-log', '--files', '/nowhere.log'])
  assert.deepEqual([missing.code, missing.stderr], [1, 'dorsale: there is no file /nowhere.log\n'])
  const other = join(folder, 'notes.txt')
  writeFileSync(other, 'x')
  assert.equal((await run(['kafka-dump-log', '--files', other])).stderr, `Ignoring unknown file ${other}\n`)
  assert.match(
    (await run(['kafka-dump-log', '--files', 'x', '--value-decoder-class', 'com.example.Mine'])).stderr,
    /cannot be loaded/,
  )
  const metadata = join(folder, 'partition.metadata')
  writeFileSync(metadata, 'version: 0\ntopic_id: abc\n')
  assert.equal((await run(['log', 'dump', metadata])).stdout, `# ${metadata}\nversion: 0\ntopic_id: abc\n`)
})
