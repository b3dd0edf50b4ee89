import type { Admin } from '@dorsale/client'
import type { CommandIo } from '../command-io.ts'
import { type OptionTable, type ParsedOptions, usage } from './options.ts'

/** One of the things that a tool does, each by a flag of its own. */
export interface ToolAction<Name extends string> {
  /** Options that it cannot do without. */
  readonly required: readonly Name[]
  /** Options that it understands besides. */
  readonly permitted: readonly Name[]
  run(admin: Admin, parsed: ParsedOptions<Name>, io: CommandIo): Promise<void>
}

/** The one of `names` that was asked for by its flag. Throws `choose` when it is none or several. */
export function chosenName<Name extends string>(
  parsed: { has(name: NoInfer<Name>): boolean },
  names: readonly Name[],
  choose: string,
): Name {
  const [name, ...others] = names.filter(each => parsed.has(each))
  if (name === undefined || others.length > 0) throw usage(choose)
  return name
}

/** The action that was asked for. Throws when it is none or several, or when what was given besides does not belong to it. */
export function chosenAction<Table extends OptionTable>(
  parsed: ParsedOptions<keyof Table & string>,
  rules: {
    readonly options: Table
    readonly actions: Readonly<Record<string, ToolAction<keyof Table & string>>>
    /** Options that belong to every action. */
    readonly everywhere: readonly string[]
    /** Said when it is none or several. */
    readonly choose: string
    /** Says that an option does not belong to an action. */
    stray(option: string, action: string): string
  },
): ToolAction<keyof Table & string> {
  const { options, actions, everywhere, choose, stray } = rules
  const name = chosenName(parsed, Object.keys(actions), choose)
  const action = actions[name] as ToolAction<keyof Table & string>
  const missing = action.required.find(each => parsed.text(each) === undefined)
  if (missing !== undefined) throw usage(`Missing required argument "[${missing}]"`)
  const allowed: readonly string[] = [name, ...everywhere, ...action.required, ...action.permitted]
  const strange = Object.keys(options).find(each => parsed.has(each) && !allowed.includes(each))
  if (strange !== undefined) throw usage(stray(strange, name))
  return action
}
