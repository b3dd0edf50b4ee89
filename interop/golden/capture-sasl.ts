/**
 * Plays `saslCases` to a real Kafka, and writes down what was said on either side:
 *
 *     node interop/golden/capture-sasl.ts [port]
 *
 * Starts the broker by itself, on four ports from this one.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createAdmin } from '@dorsale/client'
import { nodeWorld } from '@dorsale/client/node'
import { apacheKafka } from '../brokers.ts'
import { ownProcesses, print } from '../check-run.ts'
import { ensurePrerequisites } from '../prerequisites.ts'
import { type SaslCase, saslCases, saslUsers, shortSessionMs } from './sasl-cases.ts'

const port = Number(process.argv[2] ?? 20_960)
const ports = { PLAINTEXT: port, CONTROLLER: port + 1, SASL: port + 2, SHORT: port + 3 }
const silenceMsMax = 5000
const deployed = 'org.apache.kafka.common.security'
const processes = ownProcesses()
const directory = mkdtempSync(join(tmpdir(), 'dorsale-sasl-'))

function settings(): Record<string, string> {
  const { name, password } = saslUsers.plain
  const found: Record<string, string> = {
    listeners: Object.entries(ports)
      .map(([listener, each]) => `${listener}://127.0.0.1:${each}`)
      .join(),
    'listener.security.protocol.map':
      'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,SHORT:SASL_PLAINTEXT',
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    'listener.name.short.plain.connections.max.reauth.ms': String(shortSessionMs),
    'delegation.token.secret.key': 'secret',
  }
  for (const listener of ['sasl', 'short']) {
    const of = (mechanism: string) => `listener.name.${listener}.${mechanism}.sasl.jaas.config`
    found[of('plain')] = `${deployed}.plain.PlainLoginModule required user_${name}="${password}";`
    for (const digest of ['256', '512'])
      found[of(`scram-sha-${digest}`)] = `${deployed}.scram.ScramLoginModule required;`
    found[of('oauthbearer')] =
      `${deployed}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`
  }
  return found
}

type Played =
  | { readonly waitMs: number }
  /** What was sent, size included, and what came back; null: the end, `silence`: nothing, and no end. */
  | { readonly sent: string; readonly received: string | null; readonly isOpaque?: true }

async function play({ listener, steps }: SaslCase): Promise<Played[]> {
  const socket = connect(ports[listener], '127.0.0.1')
  let received = Buffer.alloc(0)
  let isOver = false
  let wake = () => {}
  socket.on('data', chunk => {
    received = Buffer.concat([received, chunk])
    wake()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    isOver = true
    wake()
  })
  const nextFrame = async (): Promise<Buffer | null | 'silence'> => {
    const end = Date.now() + silenceMsMax
    for (;;) {
      if (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        const frame = received.subarray(4, 4 + received.readInt32BE(0))
        received = received.subarray(4 + frame.length)
        return frame
      }
      if (isOver) return null
      if (Date.now() > end) return 'silence'
      await Promise.race([new Promise<void>(resolve => (wake = resolve)), delay(100)])
    }
  }
  const played: Played[] = []
  let last: Uint8Array = new Uint8Array()
  for (const step of steps) {
    if ('waitMs' in step) {
      played.push(step)
      await delay(step.waitMs)
      continue
    }
    const bytes = 'bytes' in step ? step.bytes : framed('frame' in step ? step.frame : step.frameAfter(last))
    socket.write(bytes)
    const answer = await nextFrame()
    const isOpaque = 'isOpaque' in step && step.isOpaque
    const sent = Buffer.from(bytes).toString('hex')
    const heard =
      answer === null || answer === 'silence' ? answer : (isOpaque ? answer.subarray(0, 6) : answer).toString('hex')
    played.push({ sent, received: heard, ...(isOpaque === true && { isOpaque }) })
    if (answer === null || answer === 'silence') break
    last = answer
  }
  // Whether it ends after its last word.
  if (!isOver && played.length > 0) await Promise.race([new Promise<void>(resolve => (wake = resolve)), delay(300)])
  if (isOver) played.push({ sent: '', received: null })
  socket.destroy()
  return played
}

function framed(frame: Uint8Array): Buffer {
  const size = Buffer.alloc(4)
  size.writeInt32BE(frame.length)
  return Buffer.concat([size, frame])
}

const reference = await ensurePrerequisites(processes, print)
const kafka = apacheKafka(processes, { port, directory, classPath: reference.server, settings: settings() })
const running = await kafka.start()
const admin = createAdmin({ world: nodeWorld(), settings: { 'bootstrap.servers': `127.0.0.1:${port}` } })
const { name, ...credentials } = saslUsers.scram
for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)
  await admin.alterUserScramCredentials([{ user: name, mechanism, ...credentials }])
await admin.close()
await delay(1000)
const lines: string[] = []
// Tokens hold for as long as one case takes.
for (let index = 0; index < saslCases(0).length; index++) {
  const nowMs = Date.now()
  const each = saslCases(nowMs)[index]!
  lines.push(JSON.stringify({ name: each.name, listener: each.listener, nowMs, played: await play(each) }))
}
await running.stop()
writeFileSync(
  join(import.meta.dirname, '../../packages/broker/src/security/vectors/sasl-exchanges.json'),
  `{\n"source": "Apache Kafka 4.4.0, asked by interop/golden/capture-sasl.ts",\n"cases": [\n${lines.join(',\n')}\n]\n}\n`,
)
rmSync(directory, { recursive: true, force: true })
print(`${lines.length} exchanges`)
