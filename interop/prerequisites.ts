/** What the smoke needs beside Node: kcat, Java and the reference Kafka's jars. Fetched when missing, kept in .cache/. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Processes } from './processes.ts'

const pom = fileURLToPath(new URL('pom.xml', import.meta.url))
const cache = fileURLToPath(new URL('../.cache/', import.meta.url))

const aptMs = 600_000

/** A command that must be there, and what brings it on Debian. */
export interface Prerequisite {
  readonly command: string
  readonly debianPackage: string
  /** Packages that Debian splits off from it. */
  readonly also?: readonly string[]
}

const kcat: Prerequisite = { command: 'kcat', debianPackage: 'kcat' }
const java: Prerequisite = { command: 'java', debianPackage: 'default-jre-headless' }
const maven: Prerequisite = { command: 'mvn', debianPackage: 'maven' }

/** Class paths of the reference Kafka: its server, and its command line tools. */
export interface Reference {
  version: string
  server: string
  tools: string
}

/** Installs what is missing (as root, on Debian) and answers where the reference is. */
export async function ensurePrerequisites(processes: Processes, print: (line: string) => void): Promise<Reference> {
  const parts = { server: pinnedVersion('server'), tools: pinnedVersion('tools') }
  const folders = Object.entries(parts).map(([part, version]) => ({
    part,
    folder: join(cache, `kafka-${part}-${version}`),
  }))
  const isFetched = folders.every(({ folder }) => existsSync(folder))
  await ensureCommands(processes, isFetched ? [kcat, java] : [kcat, java, maven], print)
  for (const { part, folder } of folders) {
    if (!existsSync(folder)) await downloadJars(processes, { part, folder, print })
  }
  const [server = '', tools = ''] = folders.map(({ folder }) => join(folder, '*'))
  return { version: parts.server, server, tools }
}

/** An Apache Kafka from before 4.0: its class path and its version. */
export async function ensureOlderKafka(
  processes: Processes,
  print: (line: string) => void,
): Promise<{ version: string; server: string }> {
  const version = pinnedVersion('older')
  const folder = join(cache, `kafka-older-${version}`)
  if (!existsSync(folder)) {
    await ensureCommands(processes, [java, maven], print)
    await downloadJars(processes, { part: 'older', folder, print })
  }
  return { version, server: join(folder, '*') }
}

/** The version that a profile of the pom pins. */
function pinnedVersion(profile: 'server' | 'older' | 'tools'): string {
  const text = readFileSync(pom, 'utf8')
  const section = text.slice(text.indexOf(`<id>${profile}</id>`))
  const version = /<version>([^<]+)</.exec(section)?.[1]
  if (version === undefined) throw new Error(`interop/pom.xml pins no version in its profile ${profile}`)
  return version
}

/** Installs what is missing with apt-get, when this is a Debian machine and we are root; otherwise one sentence says what to install. */
export async function ensureCommands(
  processes: Processes,
  needed: readonly Prerequisite[],
  print: (line: string) => void,
): Promise<void> {
  const missing = needed.filter(({ command }) => !onPath(command))
  if (missing.length === 0) return
  const commands = missing.map(({ command }) => command)
  const packages = missing.flatMap(({ debianPackage, also = [] }) => [debianPackage, ...also])
  if (!mayInstall()) throw new Error(`install ${packages.join(', ')} first: ${commands.join(', ')} not found`)
  await installPackages(processes, packages, print)
}

/** As `ensureCommands`, for packages that bring no command. */
export async function ensurePackages(
  processes: Processes,
  packages: readonly string[],
  print: (line: string) => void,
): Promise<void> {
  const isThere = await processes.run('dpkg', ['-s', ...packages], { deadlineMs: aptMs }).then(
    () => true,
    () => false,
  )
  if (isThere) return
  if (!mayInstall()) throw new Error(`install ${packages.join(', ')} first`)
  await installPackages(processes, packages, print)
}

async function installPackages(
  processes: Processes,
  packages: readonly string[],
  print: (line: string) => void,
): Promise<void> {
  print(`installing ${packages.join(', ')} with apt-get`)
  await updatePackageIndex(processes)
  const install = ['-qq', '-y', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0', 'install', ...packages]
  await processes.run('env', ['DEBIAN_FRONTEND=noninteractive', 'apt-get', ...install], { deadlineMs: aptMs })
}

/** Lets apt fetch what it knows of packages, which is also a large text file. */
export async function updatePackageIndex(processes: Processes): Promise<void> {
  await processes.run('apt-get', ['-qq', 'update'], { deadlineMs: aptMs })
}

/** This is a Debian machine, and we are root. */
export function mayInstall(): boolean {
  return onPath('apt-get') && process.getuid?.() === 0
}

export function onPath(command: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some(folder => existsSync(join(folder, command)))
}

/** Copies a profile's jars into a new folder, which takes its final name only once it is whole. */
async function downloadJars(
  processes: Processes,
  { part, folder, print }: { part: string; folder: string; print: (line: string) => void },
): Promise<void> {
  print(`fetching Apache Kafka's ${part} with Maven`)
  const partial = `${folder}.partial`
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${partial}`, '-DincludeScope=runtime']
  await processes.run('mvn', ['-B', '-q', '-f', pom, '-P', part, ...goal], { deadlineMs: 600_000 })
  if (readdirSync(partial).length < 20) throw new Error(`Maven left too few jars in ${partial}`)
  renameSync(partial, folder)
}
