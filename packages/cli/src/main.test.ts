/**
 * The command as a user meets it: a real process, its standard output and error, its exit code. Few and fast; what can be asked of functions is
 * asked of functions.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('main.ts', import.meta.url))
const deadlineMs = 30_000

const folder = mkdtempSync(join(tmpdir(), 'dorsale-cli-'))
const children = new Set<ChildProcess>()
after(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

interface Started {
  child: ChildProcess
  /** The first line of standard output. */
  ready: Promise<string>
  ended: Promise<Ended>
}

test('start says that it is ready, guards its directory and port, and stops on SIGTERM', async () => {
  const dataDirectory = join(folder, 'one')
  const broker = start(['start', '--port', '0', '--data-dir', dataDirectory])
  const line = await broker.ready
  assert.match(line, /^Dorsale is ready on 127\.0\.0\.1:\d+, data in /)
  assert.ok(line.endsWith(dataDirectory), line)
  const port = Number(/:(\d+),/.exec(line)?.[1])
  await connects(port)

  const sameDirectory = await run(['start', '--port', '0', '--data-dir', dataDirectory])
  refused(sameDirectory, /one\/log.* (in use|lock)/)
  const samePort = await run(['start', '--port', String(port), '--data-dir', join(folder, 'two')])
  refused(samePort, new RegExp(`127\\.0\\.0\\.1:${port}.*(in use|EADDRINUSE)`))

  broker.child.kill('SIGTERM')
  const { code, stdout } = await broker.ended
  assert.equal(code, 0)
  assert.equal(stdout, `${line}\n`, 'one line on standard output, no more')
})

test('start again, with JSON for machines, and stop on SIGINT', async () => {
  const dataDirectory = join(folder, 'three')
  for (let time = 0; time < 2; time++) {
    const broker = start(['start', '--port', '0', '--data-dir', dataDirectory, '--json'])
    const { ready, bootstrap, dataDirectory: told } = JSON.parse(await broker.ready)
    assert.deepEqual([ready, told], [true, dataDirectory])
    assert.match(bootstrap, /^127\.0\.0\.1:\d+$/)
    broker.child.kill('SIGINT')
    const { code, stderr } = await broker.ended
    assert.equal(code, 0, stderr)
    for (const line of stderr.trim().split('\n')) assert.equal(typeof JSON.parse(line).message, 'string', line)
  }
})

test('controllers that `listeners` names are asked themselves', async () => {
  const controller = `127.0.0.1:${await freePort()}`
  const listeners = `listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://${controller}`
  const broker = start(['start', '--data-dir', join(folder, 'asked'), '--override', listeners])
  await broker.ready
  const ask = async (...words: string[]) => {
    const { code, stdout, stderr } = await run([...words, '--bootstrap-controller', controller])
    assert.equal(code, 0, stderr)
    return stdout
  }
  const [host, port] = controller.split(':')
  const endpoints = (await ask('kafka-cluster', 'list-endpoints')).split('\n')
  assert.deepEqual(endpoints[1]?.trim().split(/ +/), ['1', host, port, 'null', 'controller'])
  assert.match(await ask('kafka-metadata-quorum', 'describe', '--status'), /^LeaderId: +1$/m)
  assert.match(await ask('kafka-features', 'describe'), /^Feature: metadata\.version /m)
  const change = ['--alter', '--broker-defaults', '--add-config', 'log.retention.ms=1000']
  assert.match(
    await ask('kafka-configs', ...change),
    /^Completed updating default config for brokers in the cluster\.$/m,
  )
  assert.match(await ask('kafka-configs', '--describe', '--broker-defaults'), / log\.retention\.ms=1000 /)
  const groups = await run(['kafka-cluster', 'cluster-id', '--bootstrap-server', controller])
  assert.equal(groups.code, 1, 'a controller is no broker')
  broker.child.kill('SIGTERM')
  assert.equal((await broker.ended).code, 0)
})

test('compiled code is kept while the broker lives: it may be killed', async () => {
  const compiled = join(folder, 'compiled')
  const broker = start(['start', '--port', '0', '--data-dir', join(folder, 'four')], { NODE_COMPILE_CACHE: compiled })
  await broker.ready
  const deadline = performance.now() + deadlineMs
  const isKept = () => existsSync(compiled) && readdirSync(compiled, { recursive: true }).length > 1
  while (!isKept() && performance.now() < deadline) await delay(50)
  assert.ok(isKept(), 'nothing was written')
  assert.equal(broker.child.exitCode, null)
  broker.child.kill('SIGTERM')
  assert.equal((await broker.ended).code, 0)
})

test('what cannot work is one sentence and exit 1', async () => {
  const config = join(folder, 'server.properties')
  writeFileSync(config, properties({ 'node.id': '7', 'log.dirs': join(folder, 'unformatted') }))
  const cases: [args: string[], sentence: RegExp][] = [
    [['--override', 'num.partition=3'], /num\.partition\b.*num\.partitions/],
    [['--override', 'num.partitions=many'], /many.*num\.partitions|num\.partitions.*many/],
    [['--override', 'num.partitions'], /key=value/],
    [['--port', '70000'], /70000.*0 to 65535/],
    [['--config', join(folder, 'nowhere')], /cannot read the configuration file .*nowhere: ENOENT/],
    [['--config', config, '--port', '9092'], /--port is for a start without --config/],
    [['--config', config], /unformatted.*dorsale storage format/],
    [['--prot', '1'], /--prot/],
  ]
  const answers = cases.map(async ([args, sentence]) => refused(await run(['start', ...args]), sentence))
  await Promise.all(answers)
})

test('storage formats a directory, tells what it is, and start holds the file to it', async () => {
  const logDirectory = join(folder, 'formatted')
  const config = join(folder, 'formatted.properties')
  writeFileSync(config, properties({ 'node.id': '7', 'log.dirs': logDirectory }))
  const uuid = (await run(['storage', 'random-uuid'])).stdout.trim()
  assert.match(uuid, /^[\w-]{22}$/)

  const formatted = await run(['storage', 'format', '-t', uuid, '-c', config])
  assert.equal(formatted.code, 0, formatted.stderr)
  assert.match(formatted.stdout, /Formatting .*formatted/)
  refused(await run(['storage', 'format', '-t', uuid, '-c', config]), /already formatted/)
  const info = await run(['storage', 'info', '-c', config])
  assert.equal(info.code, 0, info.stderr)
  assert.ok(info.stdout.includes(uuid), info.stdout)

  writeFileSync(config, properties({ 'node.id': '8', 'log.dirs': logDirectory }))
  refused(await run(['start', '--config', config]), /\b7\b.*\b8\b|\b8\b.*\b7\b/)
})

test('wire decode prints what a frame says', async () => {
  const request = await run(['wire', 'decode', '00000016 000c0004 00000007 000163 00 026700000001026d0000'])
  assert.equal(request.code, 0, request.stderr)
  assert.match(request.stdout, /^HeartbeatRequest v4, correlation id 7, client id "c"\n\{\n {2}"groupId": "g",/)
  const response = await run(['wire', 'decode', '--response-to', 'Heartbeat:4', '00000007 00 00000000 001b 00'])
  assert.match(response.stdout, /"errorCode": 27/)
  refused(await run(['wire', 'decode', 'xyz']), /pairs of hexadecimal digits/)
  refused(await run(['wire', 'decode', '000c0009']), /there is no version 9 of API 12/)
  refused(await run(['wire', 'decode', '--response-to', 'Heart:4', '00']), /There is no API "Heart"/)
})

/** A whole process, to its end. */
function run(args: readonly string[]): Promise<Ended> {
  return start(args).ended
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.add(child)
  const output = { stdout: '', stderr: '' }
  const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs)
  const { promise: ready, resolve, reject } = Promise.withResolvers<string>()
  // Nobody waits for a ready line of a start that is to be refused.
  ready.catch(() => undefined)
  child.stdout.on('data', chunk => {
    output.stdout += chunk
    if (output.stdout.includes('\n')) resolve(output.stdout.slice(0, output.stdout.indexOf('\n')))
  })
  child.stderr.on('data', chunk => {
    output.stderr += chunk
  })
  const ended = once(child, 'close').then(([code]) => {
    clearTimeout(timer)
    children.delete(child)
    reject(new Error(`no ready line; standard error: ${output.stderr}`))
    return { code, ...output }
  })
  return { child, ready, ended }
}

/** Exit 1, nothing on standard output, and on standard error a last line that says it all, without a stack. */
function refused({ code, stdout, stderr }: Ended, sentence: RegExp): void {
  assert.equal(code, 1, stderr)
  assert.equal(stdout, '')
  const [line = ''] = stderr.trim().split('\n').slice(-1)
  assert.match(stderr, sentence)
  assert.doesNotMatch(stderr, /^\s+at /m, 'no stack')
  assert.ok(line.length > 0)
}

function properties(own: Record<string, string>): string {
  const settings: Record<string, string> = {
    'process.roles': 'broker,controller',
    listeners: 'PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:9093',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.bootstrap.servers': '127.0.0.1:9093',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    ...own,
  }
  return Object.entries(settings).reduce((text, [key, value]) => `${text}${key}=${value}\n`, '')
}

/** A port that nobody listens on at the moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function connects(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve()
    })
    socket.on('error', reject)
  })
}
