/** `kafka-delegation-tokens`: tokens that stand for the credentials of whom they were made for are created, renewed, ended and described (KIP-48). */
import { DorsaleError } from '@dorsale/base'
import type { Admin, KafkaPrincipal } from '@dorsale/client'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { chosenAction, type ToolAction } from './actions.ts'
import { dateText, listed, tokenTable } from './delegation-token-table.ts'
import { javaException } from './java-exception.ts'
import { type ParsedOptions, usage } from './options.ts'
import { clusterOptions, defineScript } from './script.ts'

const options = {
  ...clusterOptions,
  create: { kind: 'flag', doc: 'Create a token for --owner-principal, or for who asks.' },
  renew: { kind: 'flag', doc: 'Have the token of --hmac valid for longer.' },
  expire: { kind: 'flag', doc: 'Have the token of --hmac end.' },
  describe: { kind: 'flag', doc: 'Print the tokens of --owner-principal, or all that may be seen.' },
  'owner-principal': {
    kind: 'optional',
    value: 'principal',
    repeated: true,
    doc: 'Whom tokens stand for: User:alice. May be repeated with --describe.',
  },
  'renewer-principal': {
    kind: 'optional',
    value: 'principal',
    repeated: true,
    doc: 'Who may renew the token besides its owner: User:alice. May be repeated.',
  },
  'max-life-time-period': {
    kind: 'optional',
    value: 'ms',
    doc: 'How long the token may be renewed. -1: as long as the broker lets it be.',
  },
  'renew-time-period': {
    kind: 'optional',
    value: 'ms',
    doc: 'How long it shall be valid from now on. -1: as long as the broker has it.',
  },
  'expiry-time-period': {
    kind: 'optional',
    value: 'ms',
    doc: 'How long it shall still be valid. -1: not any more.',
  },
  hmac: { kind: 'optional', value: 'base64', doc: 'The password of the token, as --create printed it.' },
} as const

type Option = keyof typeof options
type Options = ParsedOptions<Option>

const actions: Readonly<Record<string, ToolAction<Option>>> = {
  create: {
    required: ['max-life-time-period'],
    permitted: ['owner-principal', 'renewer-principal'],
    run: create,
  },
  renew: { required: ['hmac', 'renew-time-period'], permitted: [], run: renew },
  expire: { required: ['hmac', 'expiry-time-period'], permitted: [], run: expire },
  describe: { required: [], permitted: ['owner-principal'], run: describe },
}

export const delegationTokens = defineScript({
  summary: 'Create, renew, end and describe delegation tokens.',
  options,
  async run(parsed, io) {
    const action = chosenAction(parsed, {
      options,
      actions,
      everywhere: Object.keys(clusterOptions),
      choose: 'Command must include exactly one action: --create, --renew, --expire or --describe',
      stray: (option, name) => `Option "[${name}]" can't be used with option "[${option}]"`,
    })
    const settings = clusterSettings(io, {
      bootstrapServer: parsed.text('bootstrap-server'),
      configFile: parsed.required('command-config'),
    })
    return withAdmin(io, settings, async admin => {
      try {
        await action.run(admin, parsed, io)
        return 0
      } catch (error) {
        if (!(error instanceof DorsaleError) || error.code === 'DORSALE_USAGE') throw error
        io.stderr.write(`Error while executing delegation token command : ${javaException(error)}\n`)
        return 1
      }
    })
  },
})

async function create(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  const renewers = principals(parsed, 'renewer-principal')
  const maxLifetimeMs = parsed.integer('max-life-time-period') ?? -1
  await write(
    io.stdout,
    `Calling create token operation with renewers :${listed(renewers)} , max-life-time-period :${maxLifetimeMs}\n`,
  )
  const [owner] = principals(parsed, 'owner-principal')
  const token = await admin.createDelegationToken({
    renewers,
    maxLifetimeMs,
    ...(owner === undefined ? {} : { owner }),
  })
  await write(io.stdout, `Created delegation token with tokenId : ${token.tokenId}\n`)
  await write(io.stdout, tokenTable([{ ...token, renewers }]))
}

async function renew(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  const hmac = parsed.required('hmac')
  const periodMs = parsed.integer('renew-time-period') ?? -1
  await write(io.stdout, `Calling renew token operation with hmac :${hmac} , renew-time-period :${periodMs}\n`)
  const expiryMs = await admin.renewDelegationToken(Buffer.from(hmac, 'base64'), { renewTimePeriodMs: periodMs })
  // Without an end of the line, as Kafka's tool prints it.
  await write(io.stdout, `Completed renew operation. New expiry date : ${dateText(expiryMs)}`)
}

async function expire(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  const hmac = parsed.required('hmac')
  const periodMs = parsed.integer('expiry-time-period') ?? -1
  await write(io.stdout, `Calling expire token operation with hmac :${hmac} , expire-time-period :${periodMs}\n`)
  const expiryMs = await admin.expireDelegationToken(Buffer.from(hmac, 'base64'), { expiryTimePeriodMs: periodMs })
  await write(io.stdout, `Completed expire operation. New expiry date : ${dateText(expiryMs)}`)
}

async function describe(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  const owners = principals(parsed, 'owner-principal')
  await write(
    io.stdout,
    owners.length === 0
      ? 'Calling describe token operation for current user.\n'
      : `Calling describe token operation for owners: ${listed(owners)}\n`,
  )
  const tokens = await admin.describeDelegationToken(owners.length === 0 ? {} : { owners })
  await write(io.stdout, `Total number of tokens : ${tokens.length}${tokenTable(tokens)}`)
}

function principals(parsed: Options, option: 'owner-principal' | 'renewer-principal'): KafkaPrincipal[] {
  return parsed.texts(option).map(text => {
    const [principalType, ...rest] = text.trim().split(':')
    const name = rest.join(':')
    if (principalType === undefined || principalType === '' || rest.length === 0)
      throw usage(`expected a string in format principalType:principalName but got ${text}`)
    return { principalType, name }
  })
}
