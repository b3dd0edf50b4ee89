/** `kafka-acls`: who may do what with which topics, groups and other resources. */
import { createInterface } from 'node:readline'
import { DorsaleError } from '@dorsale/base'
import type {
  AclBinding,
  AclBindingFilter,
  AclOperation,
  AclPatternType,
  AclPermissionType,
  AclResourceType,
  Admin,
} from '@dorsale/client'
import { aclOperationsOfTypes, clusterResourceName } from '@dorsale/protocol'
import { clusterSettings, withAdmin } from '../cluster/settings.ts'
import { type CommandIo, write } from '../command-io.ts'
import { chosenName } from './actions.ts'
import { javaException } from './java-exception.ts'
import { type ParsedOptions, usage } from './options.ts'
import { controllerOptions, defineScript } from './script.ts'

const options = {
  ...controllerOptions,
  add: { kind: 'flag', doc: 'Add entries.' },
  remove: { kind: 'flag', doc: 'Take entries away.' },
  list: { kind: 'flag', doc: 'Print the entries of resources; without one, all.' },
  topic: { value: 'topic', repeated: true, doc: 'A topic; * for all. May be repeated, as the other resources.' },
  group: { value: 'group', repeated: true, doc: 'A group; * for all.' },
  cluster: { kind: 'flag', doc: 'The cluster.' },
  'transactional-id': { value: 'id', repeated: true, doc: 'A transactional id; * for all.' },
  'delegation-token': { value: 'id', repeated: true, doc: 'A delegation token; * for all.' },
  'user-principal': { value: 'principal', repeated: true, doc: 'A user, as what is asked about: for CreateTokens.' },
  'resource-pattern-type': {
    value: 'type',
    default: 'LITERAL',
    doc: 'literal or prefixed; to list and remove also any (of this very name) and match (all that concern this name).',
  },
  'allow-principal': { value: 'principal', repeated: true, doc: 'Who may: User:alice, User:* for everybody.' },
  'deny-principal': { value: 'principal', repeated: true, doc: 'Who may not, whatever else is allowed.' },
  'allow-host': { value: 'address', repeated: true, doc: 'From where they may. Default: from everywhere.' },
  'deny-host': { value: 'address', repeated: true, doc: 'From where they may not. Default: from nowhere.' },
  operation: { value: 'operation', repeated: true, doc: 'Read, Write, Create, ... Default: All.' },
  principal: { value: 'principal', kind: 'optional', repeated: true, doc: 'With --list: only entries of this one.' },
  producer: { kind: 'flag', doc: 'What a producer needs: Write, Describe and Create of --topic.' },
  consumer: { kind: 'flag', doc: 'What a consumer needs: Read and Describe of --topic, Read of --group.' },
  idempotent: { kind: 'flag', doc: 'With --producer: IdempotentWrite of the cluster.' },
  force: { kind: 'flag', doc: 'Do not ask before entries are taken away.' },
} as const

type Options = ParsedOptions<keyof typeof options>

interface Resource {
  readonly resourceType: AclResourceType
  readonly resourceName: string
  readonly patternType: AclPatternType
}
type Entry = Pick<AclBinding, 'principal' | 'host' | 'operation' | 'permissionType'>
/** What is asked for of each resource. */
type Wanted = Map<Resource, Entry[]>

/** Options that name resources of a type. */
const namedTypes = {
  topic: 'TOPIC',
  group: 'GROUP',
  'transactional-id': 'TRANSACTIONAL_ID',
  'delegation-token': 'DELEGATION_TOKEN',
  'user-principal': 'USER',
} as const satisfies Record<string, AclResourceType>

export const acls = defineScript({
  summary: 'Print, add and take away access control lists.',
  options,
  async run(parsed, io) {
    const choose = 'Command must include exactly one action: --list, --add, --remove.'
    const action = chosenName(parsed, ['list', 'add', 'remove'], choose)
    check(parsed, action)
    const settings = clusterSettings(io, {
      bootstrapServer: parsed.text('bootstrap-server'),
      bootstrapController: parsed.text('bootstrap-controller'),
      configFile: parsed.text('command-config'),
    })
    return withAdmin(io, settings, async admin => {
      try {
        await { list, add, remove }[action](admin, parsed, io)
        return 0
      } catch (error) {
        if (!(error instanceof DorsaleError) || error.code === 'DORSALE_USAGE') throw error
        await write(io.stdout, `Error while executing ACL command: ${javaException(error, 'the ACLs')}\n`)
        return 1
      }
    })
  },
})

function check(parsed: Options, action: 'list' | 'add' | 'remove'): void {
  if (parsed.has('principal') && action !== 'list')
    throw usage('The --principal option is only available if --list is set')
  if (parsed.has('producer') && !parsed.has('topic')) throw usage('With --producer you must specify a --topic')
  if (parsed.has('idempotent') && !parsed.has('producer'))
    throw usage('The --idempotent option is only available if --producer is set')
  const isOther = parsed.has('cluster') || parsed.has('transactional-id')
  if (parsed.has('consumer') && !(parsed.has('topic') && parsed.has('group') && (parsed.has('producer') || !isOther)))
    throw usage(
      'With --consumer you must specify a --topic and a --group and no --cluster or --transactional-id option should be specified.',
    )
  const pattern = patternType(parsed)
  if (action === 'add' && pattern !== 'LITERAL' && pattern !== 'PREFIXED')
    throw usage('A "--resource-pattern-type" value of "Any" or "Match" is not valid when adding acls.')
  if (action === 'add' && !parsed.has('allow-principal') && !parsed.has('deny-principal'))
    throw usage('You must specify one of: --allow-principal, --deny-principal when trying to add ACLs.')
}

async function list(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  const principals = parsed.texts('principal')
  if (principals.length === 0) return print(admin, resourcesOf(parsed), io)
  for (const principal of principals) {
    await write(io.stdout, `ACLs for principal \`${principal}\`\n`)
    await print(admin, resourcesOf(parsed), io, principal)
  }
}

async function add(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  const wanted = wantedOf(parsed)
  for (const [resource, entries] of wanted) {
    await write(io.stdout, `Adding ACLs for resource \`${patternText(resource)}\`: \n${entriesText(entries)}\n`)
    await admin.createAcls(entries.map(entry => ({ ...resource, ...entry })))
  }
}

async function remove(admin: Admin, parsed: Options, io: CommandIo): Promise<void> {
  const wanted = wantedOf(parsed)
  for (const [resource, entries] of wanted) {
    const what = patternText(resource)
    if (entries.length === 0) {
      if (await agrees(`Are you sure you want to delete all ACLs for resource filter \`${what}\`? (y/n)`, parsed, io))
        await deleteAll(admin, [resource])
    } else if (
      await agrees(
        `Are you sure you want to remove ACLs: \n${entriesText(entries)} from resource filter \`${what}\`? (y/n)`,
        parsed,
        io,
      )
    )
      await deleteAll(
        admin,
        entries.map(entry => ({ ...resource, ...entry })),
      )
  }
}

async function deleteAll(admin: Admin, filters: readonly AclBindingFilter[]): Promise<void> {
  const deleted = (await admin.deleteAcls(filters)).flat()
  const kept = deleted.find(({ error }) => error !== undefined)
  if (kept?.error !== undefined) throw kept.error
}

/** A question on standard output; nothing but y means yes. */
async function agrees(question: string, parsed: Options, io: CommandIo): Promise<boolean> {
  if (parsed.has('force')) return true
  await write(io.stdout, `${question}\n`)
  const lines = createInterface({ input: io.stdin })
  try {
    for await (const line of lines) return line.trim().toLowerCase() === 'y'
    return false
  } finally {
    lines.close()
  }
}

/** The entries of resources, or of all, grouped by their resource. */
async function print(admin: Admin, resources: readonly Resource[], io: CommandIo, principal?: string): Promise<void> {
  const filters: readonly Partial<Resource>[] = resources.length === 0 ? [{}] : resources
  const found = (await Promise.all(filters.map(filter => admin.describeAcls(filter)))).flat()
  const byPattern = new Map<string, Entry[]>()
  for (const binding of found) {
    if (principal !== undefined && binding.principal !== principal) continue
    const text = patternText(binding)
    byPattern.set(text, [...(byPattern.get(text) ?? []), binding])
  }
  for (const [text, entries] of byPattern) {
    await write(io.stdout, `Current ACLs for resource \`${text}\`: \n${entriesText(entries)}\n`)
  }
}

function wantedOf(parsed: Options): Wanted {
  const resources = resourcesOf(parsed)
  if (resources.length === 0)
    throw usage(
      'You must provide at least one resource: --topic <topic> or --cluster or --group <group> or --delegation-token <Delegation Token ID>',
    )
  const wanted: Wanted = new Map()
  const want = (resource: Resource, operations: readonly AclOperation[]) => {
    const entries = entriesOf(parsed, operations)
    wanted.set(resource, [...(wanted.get(resource) ?? []), ...entries])
  }
  const isRole = parsed.has('producer') || parsed.has('consumer')
  for (const resource of resources) {
    const { resourceType } = resource
    if (!isRole) want(resource, operationsFor(parsed, resourceType))
    if (parsed.has('producer')) {
      if (resourceType === 'TOPIC') want(resource, ['WRITE', 'DESCRIBE', 'CREATE'])
      if (resourceType === 'TRANSACTIONAL_ID') want(resource, ['WRITE', 'DESCRIBE'])
    }
    if (parsed.has('consumer')) {
      if (resourceType === 'TOPIC') want(resource, ['READ', 'DESCRIBE'])
      if (resourceType === 'GROUP') want(resource, ['READ'])
    }
  }
  if (parsed.has('producer') && parsed.has('idempotent')) want(cluster, ['IDEMPOTENT_WRITE'])
  return wanted
}

/** Who may, and who may not, each with every operation from every host. None: nothing in particular is asked for, which only a removal may. */
function entriesOf(parsed: Options, operations: readonly AclOperation[]): Entry[] {
  const of = (permissionType: AclPermissionType, principals: readonly string[], hosts: readonly string[]) =>
    principals.flatMap(principal =>
      (hosts.length === 0 ? ['*'] : hosts).flatMap(host =>
        operations.map(operation => ({ principal: checkedPrincipal(principal), host, operation, permissionType })),
      ),
    )
  return [
    ...of('ALLOW', parsed.texts('allow-principal'), parsed.texts('allow-host')),
    ...of('DENY', parsed.texts('deny-principal'), parsed.texts('deny-host')),
  ]
}

function operationsFor(parsed: Options, resourceType: AclResourceType): AclOperation[] {
  const operations: Partial<Record<AclResourceType, readonly AclOperation[]>> = aclOperationsOfTypes
  const allowed: AclOperation[] = ['ALL', ...(operations[resourceType] ?? [])]
  const words = parsed.texts('operation')
  return (words.length === 0 ? ['All'] : words).map(word => {
    const plain = word.replaceAll('_', '').toUpperCase()
    const found = allowed.find(operation => operation.replaceAll('_', '') === plain)
    if (found === undefined)
      throw usage(`ResourceType ${resourceType} only supports operations ${allowed.join(', ')}, not ${word}`)
    return found
  })
}

function checkedPrincipal(text: string): string {
  if (!/^[^:]+:./.test(text)) throw usage(`expected a string in format principalType:principalName but got ${text}`)
  return text
}

const cluster: Resource = { resourceType: 'CLUSTER', resourceName: clusterResourceName, patternType: 'LITERAL' }

function resourcesOf(parsed: Options): Resource[] {
  const pattern = patternType(parsed)
  const named = Object.entries(namedTypes).flatMap(([option, resourceType]) =>
    parsed.texts(option as keyof typeof namedTypes).map(name => ({
      resourceType,
      resourceName: name.trim(),
      patternType: pattern,
    })),
  )
  return parsed.has('cluster') || parsed.has('idempotent') ? [...named, cluster] : named
}

function patternType(parsed: Options): AclPatternType {
  const text = parsed.required('resource-pattern-type').toUpperCase()
  const found = (['ANY', 'MATCH', 'LITERAL', 'PREFIXED'] as const).find(name => name === text)
  if (found === undefined) throw usage(`--resource-pattern-type is any, match, literal or prefixed, not ${text}`)
  return found
}

function patternText({ resourceType, resourceName, patternType: pattern }: Resource): string {
  return `ResourcePattern(resourceType=${resourceType}, name=${resourceName}, patternType=${pattern})`
}

function entriesText(entries: readonly Entry[]): string {
  const lines = entries.map(
    ({ principal, host, operation, permissionType }) =>
      `\t(principal=${principal}, host=${host}, operation=${operation}, permissionType=${permissionType})`,
  )
  return ` ${lines.join('\n ')} \n`
}
