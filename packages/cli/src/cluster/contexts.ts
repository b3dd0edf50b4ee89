/**
 * Clusters by name, each with the settings of its clients: `contexts.json` in the user's configuration directory. It may hold passwords, so only its owner
 * can read it.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { DorsaleError } from '@dorsale/base'
import type { CommandIo } from '../command-io.ts'

export interface Contexts {
  /** The one that is in use; null: none. */
  readonly current: string | null
  readonly contexts: Readonly<Record<string, Readonly<Record<string, string>>>>
}

const none: Contexts = { current: null, contexts: {} }

/** `$XDG_CONFIG_HOME/dorsale/contexts.json`, in `~/.config` where that is not set. */
export function contextsPath({ env }: Pick<CommandIo, 'env'>): string {
  const home = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config')
  return join(home, 'dorsale', 'contexts.json')
}

export function readContexts(io: Pick<CommandIo, 'env'>): Contexts {
  const path = contextsPath(io)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return none
    throw unreadable(path, error)
  }
  try {
    return check(JSON.parse(text))
  } catch (error) {
    throw unreadable(path, error)
  }
}

export function writeContexts(io: Pick<CommandIo, 'env'>, contexts: Contexts): void {
  const path = contextsPath(io)
  const temporary = `${path}.tmp`
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  writeFileSync(temporary, `${JSON.stringify(contexts, null, 2)}\n`, { mode: 0o600 })
  // The mode of a file that was there already would have been kept.
  chmodSync(temporary, 0o600)
  renameSync(temporary, path)
}

/** The settings of a context by name, of the one that `DORSALE_CONTEXT` names, or of the one in use; none of all that: nothing. */
export function activeContext(io: Pick<CommandIo, 'env'>, name?: string): Readonly<Record<string, string>> {
  const { current, contexts } = readContexts(io)
  const wanted = name ?? (io.env.DORSALE_CONTEXT || current)
  if (wanted === null) return {}
  return findContext(contexts, wanted)
}

export function findContext(contexts: Contexts['contexts'], name: string): Readonly<Record<string, string>> {
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined
  if (found !== undefined) return found
  const known = Object.keys(contexts)
  const hint = known.length === 0 ? 'there are none yet' : `there are ${known.join(', ')}`
  throw new DorsaleError('DORSALE_USAGE', `there is no context "${name}": ${hint}`)
}

function check(value: unknown): Contexts {
  const { current, contexts } = value as Contexts
  const isText = (each: unknown) => typeof each === 'string'
  const isFine =
    (current === null || isText(current)) &&
    Object.values(contexts).every(settings => typeof settings === 'object' && Object.values(settings).every(isText))
  if (!isFine) throw new Error('it is not what "dorsale context" writes')
  return { current, contexts }
}

function unreadable(path: string, error: unknown): DorsaleError {
  const reason = error instanceof Error ? error.message : String(error)
  return new DorsaleError('DORSALE_CONFIG', `cannot read the contexts in ${path}: ${reason}`, { cause: error })
}
