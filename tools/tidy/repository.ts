/** The repository as tidy reads it: every file that git knows or would add, scanned once. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exportsOf, type Import, importsOf, type ScannedText, scan } from './scan.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface SourceFile extends ScannedText {
  /** Relative to the root, with `/`. */
  path: string
  text: string
  /** Folder name of its package; undefined outside `packages/`. */
  packageName: string | undefined
  isTest: boolean
  imports: readonly Import[]
  exports: readonly string[]
}

interface Manifest {
  name: string
  bin?: Record<string, string>
  exports?: Record<string, string>
  scripts?: Record<string, string>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
}

interface Repository {
  /** Every path, relative to the root. */
  paths: readonly string[]
  sources: ReadonlyMap<string, SourceFile>
  /** By folder name. */
  packages: ReadonlyMap<string, Manifest>
  read(path: string): string
  exists(path: string): boolean
}

export function readRepository(): Repository {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
  const paths = [...new Set(listed.toString().split('\n'))].filter(path => path !== '' && isFile(join(root, path)))
  const read = (path: string) => readFileSync(join(root, path), 'utf8')
  const manifests = paths.filter(path => /^packages\/[^/]+\/package\.json$/.test(path))
  const packages = new Map(manifests.map(path => [folderOf(path), JSON.parse(read(path)) as Manifest]))
  const sources = new Map(paths.filter(path => path.endsWith('.ts')).map(path => [path, readSource(path, read(path))]))
  return { paths, sources, packages, read, exists: path => existsSync(join(root, path)) }
}

/** Test code: the tests themselves, and what only they import. */
function isTestPath(path: string): boolean {
  return /\.(test|fuzz|bench|soak)\.ts$|\/testing\//.test(path)
}

/** The file that a relative specifier of `from` means. */
export function resolveRelative(from: string, specifier: string): string {
  return join(dirname(from), specifier)
}

function readSource(path: string, text: string): SourceFile {
  const scanned = scan(text)
  return {
    ...scanned,
    path,
    text,
    packageName: path.startsWith('packages/') ? folderOf(path) : undefined,
    isTest: isTestPath(path),
    imports: importsOf(scanned),
    exports: exportsOf(scanned),
  }
}

function folderOf(path: string): string {
  return path.split('/')[1] ?? ''
}

/** git still lists a file that the work tree has lost. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
