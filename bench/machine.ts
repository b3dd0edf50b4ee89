/** Where the figures come from. */
import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly kernel: string
  readonly fileSystem: string
  readonly node: string
  readonly java: string
  readonly kcat: string
}

export function describeMachine(directory: string): Machine {
  const [cpu] = cpus()
  return {
    cpu: `${cpu?.model ?? 'unknown'}${cpu?.speed ? `, ${cpu.speed} MHz` : ''}`,
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    kernel: `Linux ${release().split('-')[0]}`,
    fileSystem: firstLine('stat', ['-f', '-c', '%T', directory]),
    node: process.version,
    java: firstLine('java', ['-version']).replaceAll('"', ''),
    kcat: firstLine('kcat', ['-V'], /librdkafka [\d.]+/),
  }
}

/** The first line that a command prints, on either stream; with a pattern, what it finds in all of it. */
function firstLine(command: string, args: readonly string[], pattern?: RegExp): string {
  const output = execFileSync('sh', ['-c', '"$0" "$@" 2>&1', command, ...args], { encoding: 'utf8' })
  return pattern?.exec(output)?.[0] ?? output.split('\n')[0] ?? ''
}
