import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectNone } from './problems.ts'
import { readRepository, resolveRelative, type SourceFile } from './repository.ts'
import { arrows, arrowsOfTests, sideDoors, typeCircles } from './rules.ts'

const repository = readRepository()
const packageOfName = new Map([...repository.packages].map(([folder, { name }]) => [name, folder]))

test('every package has its row of arrows, and no chain of arrows returns', () => {
  assert.deepEqual(Object.keys(arrows).sort(), [...repository.packages.keys()].sort())
  const cycle = findCycle(Object.keys(arrows), name => arrows[name] ?? [])
  assert.equal(cycle, undefined, `arrows go in a circle: ${cycle?.join(' -> ')}`)
})

test('imports follow the arrows and enter by the front door', () => {
  const problems: string[] = []
  for (const file of repository.sources.values()) {
    for (const { specifier, line } of file.imports) {
      const problem = problemOf(file, specifier)
      if (problem !== undefined) problems.push(`${file.path}:${line}: ${problem}`)
    }
  }
  expectNone(problems)
})

test('what a package imports it declares', () => {
  const problems: string[] = []
  for (const file of repository.sources.values()) {
    const manifest = repository.packages.get(file.packageName ?? '')
    if (manifest === undefined) continue
    const declared = {
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...(file.isTest ? manifest.devDependencies : {}),
    }
    for (const { specifier, line } of file.imports) {
      if (specifier.startsWith('.') || specifier.startsWith('node:')) continue
      const name = moduleName(specifier)
      if (name in declared || name === manifest.name) continue
      // A test may reach for the packages that every test may use: they are in the workspace, not in what is published.
      if (file.isTest && arrowsOfTests.includes(packageOfName.get(name) ?? '')) continue
      problems.push(`${file.path}:${line}: ${name} is not among the dependencies of ${manifest.name}`)
    }
  }
  expectNone(problems)
})

test('no file imports itself by way of others, types included', () => {
  const cycle = findCycle([...repository.sources.keys()], path => {
    const imports = repository.sources.get(path)?.imports ?? []
    const mayCircle = typeCircles.some(folder => folder.test(path))
    const relative = imports.filter(
      ({ specifier, isDynamic, typeOnly }) => specifier.startsWith('.') && !isDynamic && !(typeOnly && mayCircle),
    )
    return relative.map(({ specifier }) => resolveRelative(path, specifier))
  })
  assert.equal(cycle, undefined, `imports go in a circle:\n${cycle?.join('\n')}`)
})

function problemOf(file: SourceFile, specifier: string): string | undefined {
  if (specifier.startsWith('.')) {
    const target = resolveRelative(file.path, specifier)
    if (!repository.exists(target)) return `${specifier} does not exist`
    const owner = repository.sources.get(target)?.packageName
    if (owner === file.packageName || file.packageName === undefined) return undefined
    return `${specifier} leaves the package: import its front door`
  }
  const target = packageOfName.get(moduleName(specifier))
  if (target === undefined || target === file.packageName) return undefined
  if (specifier !== moduleName(specifier)) return sideDoorProblem(file, specifier)
  // Tools, interop and examples stand outside the house and see every front door.
  if (file.packageName === undefined) return undefined
  const allowed = arrows[file.packageName] ?? []
  if (allowed.includes(target) || (file.isTest && arrowsOfTests.includes(target))) return undefined
  return `${file.packageName} may not import ${target}; it may import ${allowed.join(', ') || 'nothing'}`
}

function sideDoorProblem(file: SourceFile, specifier: string): string | undefined {
  const name = moduleName(specifier)
  const door = `.${specifier.slice(name.length)}`
  const manifest = repository.packages.get(packageOfName.get(name) ?? '')
  if (manifest?.exports?.[door] === undefined) return `${specifier} is no door of ${name}`
  if (door === './testing') return file.isTest ? undefined : `${specifier} is for tests`
  const rule = sideDoors[specifier]
  if (file.packageName === undefined || rule?.packages.includes(file.packageName)) return undefined
  return file.isTest && rule?.tests ? undefined : `${specifier} is not for ${file.packageName}`
}

/** `@scope/name` or `name`, without what follows. */
function moduleName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

/** A path from a node back to itself, or undefined. */
function findCycle(nodes: readonly string[], next: (node: string) => readonly string[]): string[] | undefined {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (node: string): string[] | undefined => {
    if (done.has(node)) return undefined
    const seen = path.indexOf(node)
    if (seen !== -1) return [...path.slice(seen), node]
    path.push(node)
    for (const neighbour of next(node)) {
      const cycle = visit(neighbour)
      if (cycle !== undefined) return cycle
    }
    path.pop()
    done.add(node)
    return undefined
  }
  for (const node of nodes) {
    const cycle = visit(node)
    if (cycle !== undefined) return cycle
  }
  return undefined
}
