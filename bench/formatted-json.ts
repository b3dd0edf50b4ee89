import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** JSON as the repository's checks want to find it. */
export function formattedJson(results: unknown): string {
  const args = ['format', '--stdin-file-path=bench/results.json']
  const input = JSON.stringify(results, null, 2)
  return execFileSync(join(root, 'node_modules/.bin/biome'), args, { cwd: root, encoding: 'utf8', input })
}
