/**
 * Writes `docs/reference`, the public face of the packages that applications import, from their docstrings:
 *
 *     npm run reference:pages                writes the pages
 *     npm run reference:pages -- --check     exits with 1 and names the pages that are stale
 *
 * typedoc needs a TypeScript of its own, so it is installed beside this file and not with the workspace.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = import.meta.dirname
const root = fileURLToPath(new URL('../..', import.meta.url))
const directory = join(root, 'docs/reference')

/** What applications import, and the file that says what is in it. */
const entries: Readonly<Record<string, string>> = {
  client: 'packages/client/src/index.ts',
  serde: 'packages/serde/src/index.ts',
  testkit: 'packages/testkit/src/index.ts',
  kafkajs: 'packages/kafkajs/src/index.ts',
}

const pages = makePages()
if (process.argv.includes('--check')) {
  const wrong = stalePages(pages)
  for (const name of wrong) process.stderr.write(`${name} is not what the docstrings say: npm run reference:pages\n`)
  process.stdout.write(`${pages.size - wrong.length} passed, ${wrong.length} failed\n`)
  process.exitCode = wrong.length === 0 ? 0 : 1
} else {
  rmSync(directory, { recursive: true, force: true })
  for (const [name, text] of pages) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
}

/** Every page by its path under `docs/reference`. */
function makePages(): Map<string, string> {
  const typedoc = join(here, 'node_modules/typedoc/bin/typedoc')
  const npm = ['ci', '--prefix', here, '--silent', '--no-audit', '--no-fund']
  if (!existsSync(typedoc)) execFileSync('npm', npm, { stdio: 'inherit' })
  const out = mkdtempSync(join(tmpdir(), 'dorsale-reference-'))
  try {
    const made = new Map<string, string>()
    for (const [name, entry] of Object.entries(entries)) {
      const options = ['--options', join(here, 'typedoc.json'), '--tsconfig', join(root, 'tsconfig.json')]
      const place = ['--entryPoints', join(root, entry), '--name', name, '--out', join(out, name)]
      execFileSync(process.execPath, [typedoc, ...options, ...place], {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      for (const [path, text] of filesIn(join(out, name))) made.set(`${name}/${path}`, text)
    }
    made.set('README.md', index())
    return made
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

function index(): string {
  const rows = Object.keys(entries).map(name => `- [@dorsale/${name}](${name}/README.md)\n`)
  return `# Reference\n\nWritten from the docstrings by \`npm run reference:pages\`. Settings have [pages of their own](../config/README.md).\n\n${rows.join('')}`
}

function stalePages(made: ReadonlyMap<string, string>): string[] {
  const there = existsSync(directory) ? filesIn(directory) : new Map<string, string>()
  const wrong = [...made].filter(([name, text]) => there.get(name) !== text).map(([name]) => name)
  return [...wrong, ...[...there.keys()].filter(name => !made.has(name))]
}

function filesIn(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.md'))
  return new Map(names.sort().map(name => [name, readFileSync(join(folder, name), 'utf8')]))
}
