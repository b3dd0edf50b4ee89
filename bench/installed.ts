/** Dorsale as it is published: JavaScript, in a folder where nothing else is. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Builds the packages and lays them out as an installation would, with the repository's own copies of foreign packages. Answers the program's
 * path.
 */
export function installBuild(directory: string): string {
  execFileSync(process.execPath, [join(root, 'tools/build.ts')], { stdio: ['ignore', 'ignore', 'inherit'] })
  const modules = join(directory, 'node_modules')
  mkdirSync(join(modules, '@dorsale'), { recursive: true })
  for (const name of readdirSync(join(root, 'build'))) {
    cpSync(join(root, 'build', name), join(modules, '@dorsale', name), { recursive: true })
  }
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (!name.startsWith('@dorsale') && !name.startsWith('.')) {
      symlinkSync(join(root, 'node_modules', name), join(modules, name))
    }
  }
  return join(modules, '@dorsale/cli/dist/main.js')
}
