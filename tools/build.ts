/**
 * Builds what is published: for each package `build/<folder>` with JavaScript and declarations in `dist/`, the manifest rewritten to name
 * them, README and licence. In the repository nothing needs it: Node runs the sources.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'build')
const emitted = join(target, '.emit')

interface Manifest {
  name: string
  bin?: Record<string, string>
  exports?: Record<string, string>
  [field: string]: unknown
}

rmSync(target, { recursive: true, force: true })
execFileSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')],
  {
    stdio: 'inherit',
  },
)
for (const folder of readdirSync(join(root, 'packages'))) buildPackage(folder)
rmSync(emitted, { recursive: true })

function buildPackage(folder: string): void {
  const source = join(root, 'packages', folder)
  const output = join(target, folder)
  cpSync(join(emitted, folder, 'src'), join(output, 'dist'), { recursive: true })
  for (const path of readdirSync(output, { recursive: true, encoding: 'utf8' })) refuseSources(join(output, path))
  const manifest = publishedManifest(readManifest(join(source, 'package.json')))
  writeFileSync(join(output, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  for (const file of ['README.md', 'LICENSE']) {
    const own = join(source, file)
    const shared = join(root, file)
    if (existsSync(own)) cpSync(own, join(output, file))
    else if (existsSync(shared)) cpSync(shared, join(output, file))
  }
  for (const path of Object.values(manifest.bin ?? {})) chmodSync(join(output, path), 0o755)
}

/** Doors and commands lead to JavaScript; the engines, stated once for the workspace, are stated for each package. */
function publishedManifest(manifest: Manifest): Manifest {
  const { engines } = readManifest(join(root, 'package.json'))
  const bin = mapValues(manifest.bin ?? {}, built)
  const exports = mapValues(manifest.exports ?? {}, path =>
    path.endsWith('.ts') ? { types: built(path).replace(/\.js$/, '.d.ts'), default: built(path) } : path,
  )
  // Doors for our tests stay at home: the test code behind them is not built to be used.
  const { './testing': _, ...doors } = exports
  return {
    ...manifest,
    engines,
    ...(manifest.bin === undefined ? {} : { bin }),
    ...(manifest.exports === undefined ? {} : { exports: doors }),
    files: ['dist'],
  } as Manifest
}

/** `./src/index.ts` in the repository is `./dist/index.js` in what is published. */
function built(path: string): string {
  return path.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, '.js')
}

/** TypeScript rewrites import paths; a path in a string it cannot see, and it would lead to a file that is not there. */
function refuseSources(path: string): void {
  if (!path.endsWith('.js')) return
  const stray = /['"`]\.{1,2}\/[^'"`\n]*\.ts['"`]/.exec(readFileSync(path, 'utf8'))
  if (stray !== null) throw new Error(`${path} still leads to a source file: ${stray[0]}`)
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8'))
}

function mapValues<In, Out>(record: Record<string, In>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}
