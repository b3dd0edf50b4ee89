/**
 * Files that nothing leads to, and values that are exported and that nobody imports. A name that leaves by its package's front door is alive:
 * others may use it. Types are left alone: one that only a signature mentions still wants its name.
 */
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { expectNone } from './problems.ts'
import { readRepository, resolveRelative, type SourceFile } from './repository.ts'
import { entryPoints } from './rules.ts'

const repository = readRepository()
const doors = new Set(listDoors())

test('every file is reached from an entry point', () => {
  const reached = new Set<string>()
  const visit = (path: string) => {
    const file = repository.sources.get(path)
    if (file === undefined || reached.has(path)) return
    reached.add(path)
    for (const { specifier } of file.imports) {
      if (specifier.startsWith('.')) visit(resolveRelative(path, specifier))
    }
    // Workers and child processes are named in strings.
    for (const [, name = ''] of file.withoutComments.matchAll(/['"`]([\w./-]+\.ts)['"`]/g))
      visit(resolveRelative(path, name))
  }
  for (const path of repository.sources.keys()) if (isEntryPoint(path)) visit(path)
  expectNone(
    [...repository.sources.keys()].filter(path => !reached.has(path)).map(path => `${path}: nothing leads here`),
  )
})

test('every export is imported somewhere', () => {
  const used = usedNames()
  const problems: string[] = []
  for (const file of repository.sources.values()) {
    if (isEntryPoint(file.path)) continue
    const names = used.get(file.path)
    if (names?.has('*')) continue
    for (const name of file.exports) {
      // An offload task is found again by its name in a string.
      if (names?.has(name) || file.withoutComments.includes(`'${name}'`)) continue
      problems.push(`${file.path}: nobody imports ${name}`)
    }
  }
  expectNone(problems)
})

/** For each file the names that others import from it; `*` for all. Re-exports count where the re-exported name is used, or leaves. */
function usedNames(): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>()
  const queue: [path: string, name: string][] = []
  const use = (path: string, name: string) => {
    const names = used.get(path) ?? new Set()
    used.set(path, names)
    if (names.has(name)) return
    names.add(name)
    queue.push([path, name])
  }
  for (const file of repository.sources.values()) {
    if (doors.has(file.path)) use(file.path, '*')
    for (const { specifier, names, isReexport } of file.imports) {
      if (!specifier.startsWith('.') || isReexport) continue
      for (const name of names) use(resolveRelative(file.path, specifier), name)
    }
  }
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const [path, name] = next
    const file = repository.sources.get(path)
    if (file !== undefined) passOn(file, name, use)
  }
  return used
}

/** A use of a name that a file re-exports is a use of the name where it comes from. */
function passOn(file: SourceFile, name: string, use: (path: string, name: string) => void): void {
  for (const { specifier, names, isReexport } of file.imports) {
    if (!isReexport || !specifier.startsWith('.')) continue
    const source = resolveRelative(file.path, specifier)
    if (names.includes('*')) use(source, name)
    else if (name === '*') for (const each of names) use(source, each)
    // The alias is not known here, so any use of an aliasing file keeps its sources alive.
    else for (const each of names) use(source, each)
  }
}

function isEntryPoint(path: string): boolean {
  return doors.has(path) || entryPoints.some(pattern => pattern.test(path))
}

/** Files that a manifest names: exports, commands, scripts. */
function listDoors(): string[] {
  const manifests = [
    'package.json',
    ...[...repository.packages.keys()].map(folder => `packages/${folder}/package.json`),
  ]
  return manifests.flatMap(path => {
    const { bin = {}, exports = {}, scripts = {} } = JSON.parse(repository.read(path))
    const inScripts = Object.values<string>(scripts).flatMap(script => script.match(/[\w./-]+\.ts\b/g) ?? [])
    return [...Object.values<string>(bin), ...Object.values<string>(exports), ...inScripts].map(file =>
      join(dirname(path), file),
    )
  })
}
