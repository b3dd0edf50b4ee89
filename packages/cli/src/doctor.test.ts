/** `dorsale doctor`: settings held against the production checklists. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { run } from './testing/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'dorsale-doctor-'))
const file = join(folder, 'client.properties')
after(() => rmSync(folder, { recursive: true, force: true }))

const sound = `bootstrap.servers=kafka-1:9093,kafka-2:9093
client.id=billing-writer
security.protocol=SSL
compression.type=zstd
linger.ms=20
`

const doctor = (text: string, ...words: string[]) => {
  writeFileSync(file, text)
  return run(['doctor', file, ...words])
}

test('sound settings: nothing to say, exit code 0', async () => {
  assert.deepEqual(await doctor(sound), { code: 0, stdout: `${file}, as producer: nothing to say\n`, stderr: '' })
})

test('each finding says which rule, why and what to do; errors make the exit code 1', async () => {
  const { code, stdout } = await doctor(`${sound}lingr.ms=1\n`)
  assert.equal(code, 1)
  assert.equal(
    stdout,
    `${file}, as producer: 1 to look at\n\nerror producer/settings  lingr.ms\n  why  Unknown configuration 'lingr.ms': did you mean 'linger.ms'?\n  do   write linger.ms\n`,
  )
})

test('warnings make the exit code 1 only under --strict', async () => {
  const unnamed = sound.replace(/client.id=.*\n/, '')
  assert.equal((await doctor(unnamed)).code, 0)
  assert.equal((await doctor(unnamed, '--strict')).code, 1)
  assert.equal((await doctor(unnamed, '--strict', '--command-property', 'client.id=billing')).code, 0)
})

test('JSON for programs, a role by name, and what no file can answer', async () => {
  const { stdout } = await doctor(sound, '--role', 'consumer', '--output', 'json', '--checklist')
  const { roles, findings, checklist } = JSON.parse(stdout)
  assert.deepEqual(roles, ['consumer'])
  assert.equal(findings[0].rule, 'group-id')
  assert.ok(checklist.some((point: string) => point.includes('dead letter queue')))
})

test('a file that is not there is a sentence', async () => {
  const { code, stderr } = await run(['doctor', join(folder, 'missing')])
  assert.equal(code, 1)
  assert.match(stderr, /^dorsale: cannot read the properties file .*missing: ENOENT\n$/)
})
