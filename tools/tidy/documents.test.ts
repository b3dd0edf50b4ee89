import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { expectNone } from './problems.ts'
import { readRepository } from './repository.ts'

const repository = readRepository()
const documents = repository.paths.filter(path => path.endsWith('.md'))
const names = new Set(repository.paths.flatMap(path => path.split('/')))

test('every package introduces itself', () => {
  const folders = [...repository.packages.keys()].map(folder => `packages/${folder}`)
  expectNone(
    folders
      .map(folder => `${folder}/README.md`)
      .filter(path => !repository.exists(path))
      .map(path => `${path} is missing`),
  )
})

test('paths named in documents exist', () => {
  const problems: string[] = []
  for (const path of documents) {
    // A changelog tells what was; the files of another day need not be there.
    if (path === 'CHANGELOG.md') continue
    for (const [name, line] of namedPaths(repository.read(path))) {
      if (!isThere(path, name)) problems.push(`${path}:${line}: ${name} does not exist`)
    }
  }
  expectNone(problems)
})

/** Targets of links, and words in backticks that look like a file of ours. */
function namedPaths(markdown: string): [name: string, line: number][] {
  const found: [string, number][] = []
  let isCode = false
  markdown.split('\n').forEach((line, index) => {
    if (line.startsWith('```')) isCode = !isCode
    // What looks like a link in a program is none.
    for (const [, target = ''] of isCode ? [] : line.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (!/^\w+:/.test(target)) found.push([target, index + 1])
    }
    for (const [, word = ''] of line.matchAll(/`([\w@.][\w@./-]*)`/g)) {
      if (/\w\.(ts|md|json|xml)$/.test(word) || /^(packages|tools|interop|docs|bench|examples)\//.test(word)) {
        found.push([word, index + 1])
      }
    }
  })
  return found
}

/** From the root, beside the document, in the sources beside it, or, for a bare name, anywhere. */
function isThere(document: string, name: string): boolean {
  const folder = dirname(document)
  if ([name, join(folder, name), join(folder, 'src', name)].some(path => repository.exists(path))) return true
  return !name.includes('/') && names.has(name)
}
