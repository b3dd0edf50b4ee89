/** `dorsale doctor`: settings of a client before they go into production. */
import { type ClientRole, checklistOf, clientRoles, diagnose, type Finding, rolesOf } from '@dorsale/client'
import { Option } from 'commander'
import { parsePairs, readProperties } from '../cluster/settings.ts'
import { write } from '../command-io.ts'
import { formatJson } from '../output/table.ts'
import type { Define } from '../program.ts'
import { addOutputOption, collect, type OutputOptions } from './cluster-options.ts'

interface DoctorOptions extends OutputOptions {
  readonly role?: readonly ClientRole[]
  readonly commandProperty?: readonly string[]
  readonly checklist: boolean
  readonly strict: boolean
}

export const defineDoctor: Define = (doctor, context) => {
  addOutputOption(doctor)
    .argument('<file>', 'a properties file with settings of a client')
    .description(
      'Hold the settings of a client against what production asks of them: which rule, why, and what to set. The exit code is 1 where there are errors.',
    )
    .addOption(
      new Option(
        '--role <role...>',
        'what they are for (default: by the keys that only one kind of client has)',
      ).choices(clientRoles),
    )
    .option('--command-property <key=value>', 'a setting over the file; may be repeated', collect)
    .option('--checklist', 'also what settings cannot answer', false)
    .option('--strict', 'exit with 1 where there are warnings, too', false)
    .action(async (file: string, { role, commandProperty, checklist, strict, output }: DoctorOptions) => {
      const settings = new Map(Object.entries({ ...readProperties(file), ...parsePairs(commandProperty ?? []) }))
      const roles = role ?? rolesOf(settings)
      const findings = diagnose(settings, roles)
      const byHand = checklist ? roles.flatMap(name => checklistOf(name).byHand) : []
      const text =
        output === 'json'
          ? formatJson({ file, roles, findings, ...(checklist ? { checklist: byHand } : {}) })
          : inWords(file, roles, findings, byHand)
      await write(context.io.stdout, text)
      const fatal = strict ? ['error', 'warning'] : ['error']
      if (findings.some(({ gravity }) => fatal.includes(gravity))) context.exitCode = 1
    })
}

function inWords(
  file: string,
  roles: readonly ClientRole[],
  findings: readonly Finding[],
  byHand: readonly string[],
): string {
  const count = findings.length === 0 ? 'nothing to say' : `${findings.length} to look at`
  return [
    `${file}, as ${roles.join(' and ')}: ${count}\n`,
    ...findings.map(
      ({ gravity, role, rule, key, why, advice }) =>
        `\n${gravity} ${role}/${rule}  ${key}\n  why  ${why}\n  do   ${advice}\n`,
    ),
    ...(byHand.length === 0 ? [] : ['\nTo be answered by hand:\n', ...byHand.map(point => `  [ ] ${point}\n`)]),
  ].join('')
}
