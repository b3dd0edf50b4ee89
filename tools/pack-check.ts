/**
 * What a user gets: packs the built packages, installs the tarballs into an empty folder outside the repository, and runs `dorsale` from there.
 * It needs `npm run build` first and the npm registry for the dependencies that are not ours.
 */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onPath } from '../interop/prerequisites.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const build = join(root, 'build')
const startMs = 20_000
/** Pinned, so that a release of theirs does not fail a check of ours. */
const vitest = 'vitest@5.1.1'

let passedCount = 0

const folder = mkdtempSync(join(tmpdir(), 'dorsale-pack-'))
try {
  install()
  const command = join(folder, 'node_modules', '.bin', 'dorsale')
  const version = execFileSync(command, ['--version'], { env: environment(), encoding: 'utf8' }).trim()
  passed(`dorsale --version: ${version}`)
  importEveryDoor()
  testWithTheTestkit()
  await startAndStop(command)
  print(`${passedCount} passed, 0 failed`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function install(): void {
  const tarballs = join(folder, 'tarballs')
  mkdirSync(tarballs)
  const packages = readdirSync(build).map(name => join(build, name))
  npm(['pack', '--silent', '--pack-destination', tarballs, ...packages])
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const files = readdirSync(tarballs).map(name => join(tarballs, name))
  if (files.length !== packages.length) throw new Error(`${files.length} tarballs of ${packages.length} packages`)
  // A door that stands on what the user brings opens only with it.
  npm(['install', '--silent', '--no-audit', '--no-fund', '--omit', 'dev', ...files, ...peers(packages)])
  if (existsSync(join(folder, 'node_modules', '@dorsale', 'base', 'src'))) throw new Error('the sources were published')
}

/** What our packages expect their user to bring, as npm takes it. */
function peers(packages: readonly string[]): string[] {
  return packages.flatMap(path => {
    const { peerDependencies = {} } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
    return Object.entries(peerDependencies).map(([name, range]) => `${name}@${range}`)
  })
}

/** Our packages as a library: each door of each package opens. */
function importEveryDoor(): void {
  const doors = readdirSync(build).flatMap(name => {
    const manifest = JSON.parse(readFileSync(join(build, name, 'package.json'), 'utf8'))
    const code = Object.keys(manifest.exports).filter(door => door !== './package.json')
    return code.map(door => `${manifest.name}${door.slice(1)}`)
  })
  const script = doors.map(door => `await import('${door}')`).join('\n')
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: folder, env: environment() })
  passed(`imported ${doors.join(', ')}`)
}

/** A user's own tests on an embedded broker: they run under node:test and under vitest, and the types hold without looking away from the libraries'. */
function testWithTheTestkit(): void {
  for (const name of ['shipping', 'vitest'])
    cpSync(join(root, 'examples', name), join(folder, name), { recursive: true })
  npm(['install', '--silent', '--no-audit', '--no-fund', vitest])
  const run = (command: string, args: readonly string[]) =>
    execFileSync(command, args, { cwd: folder, env: environment(), encoding: 'utf8' })
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const checks = ['--strict', '--noEmit', '--target', 'es2024', '--module', 'nodenext', '--allowImportingTsExtensions']
  const libraries = [
    '--lib',
    'es2024,esnext.disposable',
    '--types',
    'node',
    '--typeRoots',
    join(root, 'node_modules/@types'),
  ]
  run(process.execPath, [compiler, ...checks, ...libraries, 'shipping/shipping.test.ts'])
  passed('the types of dorsale/testkit hold in a strict project')
  const output = run(process.execPath, ['--test', '--test-reporter', 'tap', 'shipping/shipping.test.ts'])
  const [, count = '0'] = /^# pass (\d+)$/m.exec(output) ?? []
  if (Number(count) === 0) throw new Error(`node --test ran nothing: ${output}`)
  passed(`node --test: ${count} tests on an embedded broker`)
  const reportFile = join(folder, 'vitest-report.json')
  run(join(folder, 'node_modules/.bin/vitest'), [
    'run',
    '--dir',
    'vitest',
    '--reporter',
    'json',
    '--outputFile',
    reportFile,
  ])
  const report = JSON.parse(readFileSync(reportFile, 'utf8'))
  if (report.numPassedTests === 0 || report.success !== true) throw new Error(`vitest: ${JSON.stringify(report)}`)
  passed(`vitest: ${report.numPassedTests} tests on an embedded broker`)
}

async function startAndStop(command: string): Promise<void> {
  const data = join(folder, 'data')
  const child = spawn(command, ['start', '--port', '0', '--data-dir', data], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise(resolve => child.on('close', (code, signal) => resolve(code ?? signal)))
  const deadline = setTimeout(() => child.kill('SIGKILL'), startMs)
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', chunk => resolve(String(chunk).trim()))
    child.stdout.once('close', () => reject(new Error('dorsale start ended without a ready line')))
  })
  passed(line)
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1])
  askWhoIsThere(port)
  await connects(port)
  child.kill('SIGTERM')
  const outcome = await ended
  clearTimeout(deadline)
  if (outcome !== 0) throw new Error(`dorsale start ended with ${outcome} after SIGTERM`)
  passed('SIGTERM: exit 0')
}

/** A real client, where the machine has one. */
function askWhoIsThere(port: number): void {
  if (!onPath('kcat')) {
    print('kcat is not here, so it was not asked')
    return
  }
  const answer = execFileSync('kcat', ['-b', `127.0.0.1:${port}`, '-L', '-J', '-m', '10'], { encoding: 'utf8' })
  const { brokers } = JSON.parse(answer)
  if (brokers.length !== 1) throw new Error(`kcat sees ${brokers.length} brokers: ${answer}`)
  passed(`kcat -L: broker ${brokers[0].id} at ${brokers[0].name}`)
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

function npm(args: readonly string[]): void {
  execFileSync('npm', args, { cwd: folder, env: environment(), stdio: ['ignore', 'ignore', 'inherit'] })
}

/** The Node that runs this, first on the path, as it would be for a user whose Node is new enough; npm's own variables stay behind. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_(config_local|lifecycle|package)/i.test(name))
  return { ...Object.fromEntries(kept), PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) }
}

/** A check that failed has thrown, and ended the run. */
function passed(line: string): void {
  passedCount++
  print(line)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
