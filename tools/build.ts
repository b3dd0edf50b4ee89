/**
 * Builds what is published: for each package `build/<folder>` with JavaScript and declarations in `dist/`, the manifest rewritten to name
 * them, README and licence. The code of a package is a file for each of its doors (ADR 0024); the `dorsale` command holds that of all packages (ADR 0010). In the repository
 * nothing needs it: Node runs the sources.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'build')
const emitted = join(target, '.emit')

/** The packages of ours that the command still depends on, by the doors that lead to them: their declarations, and those below, are the types of `dorsale/testkit`... */
const doorsOfCommand = { testkit: '@dorsale/testkit', kafkajs: '@dorsale/kafkajs' } as const

interface Manifest {
  name: string
  bin?: Record<string, string>
  exports?: Record<string, string>
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
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
const folders = readdirSync(join(root, 'packages'))
for (const folder of folders) buildPackage(folder)
await bundleCommand()
for (const folder of folders) if (folder !== 'cli') await bundleLibrary(folder)
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

/**
 * Puts the code of our packages that the command needs into its own `dist/`: a few files instead of some five hundred, which start in half the
 * time. What is not ours stays a dependency.
 */
async function bundleCommand(): Promise<void> {
  const output = join(target, 'cli')
  const manifest = readManifest(join(output, 'package.json'))
  const dependencies = foreignDependencies(manifest, 'dependencies')
  const optionalDependencies = foreignDependencies(manifest, 'optionalDependencies')
  await build({
    absWorkingDir: root,
    entryPoints: {
      main: join(output, 'dist/main.js'),
      ...mapValues(doorsOfCommand, (_, door) => join(output, `dist/${door}.js`)),
      // Beside the code that starts them.
      'offload-worker': join(target, 'base/dist/node/offload-worker.js'),
    },
    outdir: join(output, 'bundle'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    legalComments: 'none',
    alias: ourDoors(),
    external: [...Object.keys(dependencies), ...Object.keys(optionalDependencies)],
  })
  // The types of what is bundled come from the packages themselves.
  for (const door of Object.keys(doorsOfCommand)) {
    renameSync(join(output, `dist/${door}.d.ts`), join(output, `bundle/${door}.d.ts`))
  }
  rmSync(join(output, 'dist'), { recursive: true })
  renameSync(join(output, 'bundle'), join(output, 'dist'))
  for (const name of readdirSync(join(output, 'dist'))) refuseLostTasks(join(output, 'dist', name))
  const behindDoors = Object.values(doorsOfCommand).map(name => [name, manifest.dependencies?.[name] ?? ''])
  const published = {
    ...manifest,
    dependencies: { ...Object.fromEntries(behindDoors), ...dependencies },
    optionalDependencies,
  }
  writeFileSync(join(output, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
  chmodSync(join(output, 'dist/main.js'), 0o755)
}

/**
 * Puts the code of one package into a file for each of its doors, and one for what the doors share. What is not of the package stays an import, so that two packages of ours
 * that an application uses have one copy of what both stand on. Declarations stay as they are.
 */
async function bundleLibrary(folder: string): Promise<void> {
  const output = join(target, folder)
  const dist = join(output, 'dist')
  const { exports = {} } = readManifest(join(root, 'packages', folder, 'package.json'))
  const doors = Object.entries(exports).filter(([door]) => door !== './testing')
  const bundle = join(output, 'bundle')
  await build({
    absWorkingDir: root,
    entryPoints: [...doors.map(([, path]) => join(output, built(path))), ...threadsOf(folder)],
    outbase: dist,
    outdir: bundle,
    bundle: true,
    packages: 'external',
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    legalComments: 'none',
  })
  for (const name of codeIn(dist)) rmSync(join(dist, name))
  for (const name of codeIn(bundle)) refuseLostTasks(join(bundle, name))
  cpSync(bundle, dist, { recursive: true })
  rmSync(bundle, { recursive: true })
}

/** What threads of the package begin with: a file of its own, where the code that starts them looks for it. */
function threadsOf(folder: string): string[] {
  return folder === 'base' ? [join(target, 'base/dist/node/offload-worker.js')] : []
}

function codeIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.js'))
}

/** What the command and the packages below it depend on and is not ours. */
function foreignDependencies(
  manifest: Manifest,
  kind: 'dependencies' | 'optionalDependencies',
): Record<string, string> {
  const manifests = folders.map(folder => readManifest(join(target, folder, 'package.json')))
  const ours = manifests.filter(({ name }) => name in (manifest.dependencies ?? {}))
  const own = Object.entries(manifest[kind] ?? {}).filter(([name]) => !manifests.some(one => one.name === name))
  const below = ours.flatMap(one => Object.entries(foreignDependencies(one, kind)))
  return Object.fromEntries([...own, ...below].sort(([left], [right]) => (left < right ? -1 : 1)))
}

/** Where each door of our packages leads in the build. */
function ourDoors(): Record<string, string> {
  const doors = folders.flatMap(folder => {
    const { name, exports = {} } = readManifest(join(root, 'packages', folder, 'package.json'))
    const code = Object.entries(exports).filter(([, path]) => path.endsWith('.ts'))
    return code.map(([door, path]) => [`${name}${door.slice(1)}`, join(target, folder, built(path))])
  })
  return Object.fromEntries(doors)
}

/** An offload task is found again by the address of its module, which a bundle takes away. */
function refuseLostTasks(path: string): void {
  if (!/url: import\.meta\.url/.test(readFileSync(path, 'utf8'))) return
  throw new Error(`${path} holds an offload task: give the task's module an entry point of its own in tools/build.ts`)
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

function mapValues<In, Out>(record: Record<string, In>, map: (value: In, key: string) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]))
}
