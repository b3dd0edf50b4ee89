/**
 * Assembles the WebAssembly of this repository, which stands in it as text, into modules that hold it as base64: packages are files of JavaScript and nothing else, and no door to
 * the disk is opened to load it.
 *
 *     node tools/wasm/assemble.ts            writes the modules
 *     node tools/wasm/assemble.ts --check    exits with 1 and names those that are stale
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import wabt from 'wabt'

const root = new URL('../../', import.meta.url)

/** Texts, and the names under which their modules export them. A text `x.wat` becomes `x-wasm.ts` beside it. */
const sources = [{ text: 'packages/protocol/src/compression/lz4-block.wat', name: 'lz4BlockWasm' }] as const

/** Paths of modules that are not what their text says. */
export async function staleModules(): Promise<string[]> {
  const stale: string[] = []
  for (const { path, content } of await assembleAll()) {
    if (readFileSync(new URL(path, root), 'utf8') !== content) stale.push(path)
  }
  return stale
}

async function assembleAll(): Promise<{ path: string; content: string }[]> {
  const assembler = await wabt()
  return sources.map(({ text, name }) => {
    const module = assembler.parseWat(text, readFileSync(new URL(text, root), 'utf8'))
    module.validate()
    const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64')
    module.destroy()
    return { path: text.replace(/\.wat$/, '-wasm.ts'), content: moduleOf(text, name, base64) }
  })
}

function moduleOf(text: string, name: string, base64: string): string {
  const file = text.slice(text.lastIndexOf('/') + 1)
  const lines = base64.match(/.{1,100}/g) ?? []
  return [
    `// Assembled from ${file} by \`npm run wasm:assemble\`: change that.`,
    `export const ${name} =`,
    ...lines.map((line, index) => `  '${line}'${index + 1 < lines.length ? ' +' : ''}`),
    '',
  ].join('\n')
}

async function main(): Promise<void> {
  if (process.argv.includes('--check')) {
    const stale = await staleModules()
    for (const path of stale) process.stdout.write(`${path} is stale\n`)
    process.exitCode = stale.length === 0 ? 0 : 1
    return
  }
  for (const { path, content } of await assembleAll()) {
    writeFileSync(new URL(path, root), content)
    process.stdout.write(`${fileURLToPath(new URL(path, root))}\n`)
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
