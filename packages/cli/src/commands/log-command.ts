/** `dorsale log`: the files of a log directory, as text. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DorsaleError } from '@dorsale/base'
import { write } from '../command-io.ts'
import { decoderOf, dumpFile, type Mismatches, textFile } from '../log/dump-file.ts'
import { printLines } from '../log/print-lines.ts'
import type { Define } from '../program.ts'

export const defineLog: Define = (log, context) => {
  const { io } = context
  log
    .command('dump <paths...>')
    .description(
      "Print segments, indexes, snapshots and checkpoints; of a partition's directory, all of them. Records of Kafka's own topics are decoded.",
    )
    .option('--batches', 'batches alone, and not their records', false)
    .option('--check', 'only say where indexes do not agree with their segment (exit code 1 if they do not)', false)
    .action(async (paths: string[], options: { batches: boolean; check: boolean }) => {
      const mismatches: Mismatches = new Map()
      for (const path of paths.flatMap(filesOf)) {
        const text = textFile(path)
        const decoder = options.batches ? undefined : decoderOf(path)
        const isIndex = /index$/.test(path)
        if (options.check && !isIndex) continue
        if (!options.check) await write(io.stdout, `# ${path}\n${text ?? ''}`)
        const whole = { isDeep: !options.batches, skipsMetadata: false, bytesMax: Number.POSITIVE_INFINITY }
        if (text !== undefined) continue
        const lines = dumpFile(path, { decoder, ...whole, isSilent: options.check, isSanityOnly: false }, mismatches)
        if (lines === undefined) io.stderr.write(`dorsale: ${path} is no file of a log\n`)
        else await printLines(io, lines)
      }
      for (const [title, lines] of mismatches) io.stderr.write(`${[title, ...lines].join('\n')}\n`)
      if (mismatches.size > 0) context.exitCode = 1
    })
}

function filesOf(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) throw new DorsaleError('DORSALE_INPUT', `there is no file ${path}`)
  if (!stat.isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .map(name => join(path, name))
    .filter(file => statSync(file).isFile())
}
