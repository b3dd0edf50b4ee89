/**
 * Kafka's StandardAuthorizer: ACLs from the metadata log.
 *
 * - Super users may do everything. Of the ACLs that concern the resource (its very name, a prefix of it, or `*`), the principal (or `User:*`) and the
 *   host (or `*`), one that denies decides; otherwise one that allows; otherwise nobody may. A resource that no ACL concerns, whoever that is for, goes by
 *   `allow.everyone.if.no.acl.found`.
 * - Who is allowed READ, WRITE, DELETE or ALTER may DESCRIBE, who is allowed ALTER_CONFIGS may DESCRIBE_CONFIGS. What denies one thing denies nothing else.
 * - A denied attempt is a line of the log at level info, an allowed one at level debug: Kafka's `kafka.authorizer.logger`. Of one request at most `toldMax` denials
 *   are told, since it may name hundreds of thousands of topics.
 */
import type { Logger, LogLevels } from '@dorsale/base'
import { type AclDecisions, aclDecisions, type MetadataNode } from '@dorsale/coordinate'
import {
  type AccessControlEntryRecord,
  type AclOperationName,
  aclOperations,
  aclPatternTypes,
  aclPermissionTypes,
  aclResourceTypes,
  aclWildcard,
  anyPrincipal,
} from '@dorsale/protocol'
import type { AuthorizerConfig } from '../config/index.ts'
import { AclIndex } from './acl-index.ts'
import type { Authorizer, Requester } from './authorizer.ts'
import { javaAddress } from './java-address.ts'
import { type Action, RequesterRights } from './requester-rights.ts'
import type { NamedResourceType, Rights } from './rights.ts'

export interface StandardAuthorizerOptions {
  readonly config: AuthorizerConfig
  readonly metadata: Pick<MetadataNode, 'image' | 'subscribe'>
  readonly logger: Logger
  /** Undefined: whoever made the logger does not say what it leaves out, so allowed attempts are not told. */
  readonly logLevels: LogLevels | undefined
}

/** Makes the authorizer; it follows the metadata from then on. */
export async function openStandardAuthorizer(options: StandardAuthorizerOptions): Promise<Authorizer> {
  const acls = await aclDecisions()
  const authorizer = new StandardAuthorizer(options, acls)
  const { image } = options.metadata
  authorizer.load(image.acls.values())
  options.metadata.subscribe(delta => {
    if (delta.fromSnapshot) authorizer.load(image.acls.values())
    else authorizer.change(delta.addedAcls, delta.removedAcls)
  })
  return authorizer
}

type Entry = AccessControlEntryRecord

/** Denied attempts of one request that are told in the log. */
const toldMax = 100

/** Who wants something done, as ACLs name him. */
interface Subject {
  readonly principal: string
  readonly host: string
  readonly request: string
  /** Attempts that have been told as denied. */
  deniedCount: number
}

/** Why something is allowed or not: an entry, or what holds when none speaks. */
type Rule = Entry | 'SuperUser' | 'DefaultAllow' | 'DefaultDeny'

export class StandardAuthorizer implements Authorizer {
  readonly acls: AclDecisions
  readonly #config: AuthorizerConfig
  readonly #logger: Logger
  readonly #logLevels: LogLevels | undefined
  readonly #index = new AclIndex()

  constructor({ config, logger, logLevels }: Omit<StandardAuthorizerOptions, 'metadata'>, acls: AclDecisions) {
    this.#config = config
    this.#logger = logger.child({ component: 'authorizer' })
    this.#logLevels = logLevels
    this.acls = acls
  }

  rightsOf({ principal, address, request }: Requester): Rights {
    const subject = { principal, host: javaAddress(address), request, deniedCount: 0 }
    return new RequesterRights({
      may: action => this.#may(subject, action),
      mayWithSome: (operation, type) => this.#mayWithSome(subject, operation, type),
    })
  }

  /** These and no others. */
  load(entries: Iterable<Entry>): void {
    this.#index.clear()
    for (const entry of entries) this.#index.add(entry)
  }

  change(added: readonly Entry[], removed: readonly Entry[]): void {
    for (const entry of added) this.#index.add(entry)
    for (const entry of removed) this.#index.remove(entry)
  }

  #may(subject: Subject, action: Action): boolean {
    const rule = this.#ruleFor(subject, action)
    const isAllowed = allows(rule)
    this.#tell(subject, action, rule, isAllowed)
    return isAllowed
  }

  #ruleFor({ principal, host }: Subject, { operation, resourceType, resourceName }: Action): Rule {
    const { superUsers, allowEveryoneIfNoAclFound } = this.#config
    if (superUsers.has(principal)) return 'SuperUser'
    const patterns = this.#index.concerning(aclResourceTypes[resourceType], resourceName)
    if (patterns.length === 0) return allowEveryoneIfNoAclFound ? 'DefaultAllow' : 'DefaultDeny'
    let rule: Rule = 'DefaultDeny'
    for (const byPrincipal of patterns) {
      for (const entries of [byPrincipal.get(principal), byPrincipal.get(anyPrincipal)]) {
        if (entries === undefined) continue
        for (const entry of entries) {
          if (!isFrom(entry, host) || !speaksOf(entry, operation)) continue
          if (entry.permissionType === aclPermissionTypes.DENY) return entry
          rule = entry
        }
      }
    }
    return rule
  }

  /**
   * As Kafka decides it: a name that nobody would use stands for any resource, so that super users and `*` count; then any ACL that allows the very operation
   * (none is implied here), and that no denied prefix or name takes away as a whole.
   */
  #mayWithSome(subject: Subject, operation: AclOperationName, resourceType: NamedResourceType): boolean {
    if (this.#may(subject, { operation, resourceType, resourceName: 'hardcode', audit: 'filter' })) return true
    const allowed: Entry[] = []
    const deniedNames = new Set<string>()
    const deniedPrefixes = new Set<string>()
    for (const entry of this.#index.ofPrincipal(aclResourceTypes[resourceType], subject.principal)) {
      const { ALL } = aclOperations
      if (!isFrom(entry, subject.host)) continue
      if (entry.operation !== aclOperations[operation] && entry.operation !== ALL) continue
      if (entry.permissionType !== aclPermissionTypes.DENY) allowed.push(entry)
      else if (isPrefixed(entry)) deniedPrefixes.add(entry.resourceName)
      else if (entry.resourceName === aclWildcard) return false
      else deniedNames.add(entry.resourceName)
    }
    return allowed.some(entry => {
      if (isPrefixed(entry)) return !startsWithAny(entry.resourceName, deniedPrefixes)
      if (entry.resourceName === aclWildcard) return true
      return !deniedNames.has(entry.resourceName) && !startsWithAny(entry.resourceName, deniedPrefixes)
    })
  }

  #tell(subject: Subject, action: Action, rule: Rule, isAllowed: boolean): void {
    if (action.audit === 'probe') return
    if (isAllowed) {
      if (this.#tellsDebug) this.#logger.debug('allowed', decision(subject, action, rule))
    } else if (action.audit === 'attempt' && subject.deniedCount < toldMax) {
      subject.deniedCount++
      this.#logger.info('denied', decision(subject, action, rule))
      if (subject.deniedCount === toldMax) this.#logger.info('denied: what else this request attempts is not told')
    }
  }

  /** Attempts that are allowed are many: what would be said of them is not made up for nobody. */
  get #tellsDebug(): boolean {
    const level = this.#logLevels?.list().get('root')
    return level === 'DEBUG' || level === 'TRACE'
  }
}

function allows(rule: Rule): boolean {
  if (typeof rule === 'string') return rule !== 'DefaultDeny'
  return rule.permissionType === aclPermissionTypes.ALLOW
}

function isFrom(entry: Entry, host: string): boolean {
  return entry.host === host || entry.host === aclWildcard
}

function speaksOf(entry: Entry, operation: AclOperationName): boolean {
  const asked = aclOperations[operation]
  if (entry.operation === asked || entry.operation === aclOperations.ALL) return true
  return entry.permissionType === aclPermissionTypes.ALLOW && (impliedBy.get(asked)?.has(entry.operation) ?? false)
}

/** Which operations, if allowed, allow another one. */
const impliedBy: ReadonlyMap<number, ReadonlySet<number>> = new Map([
  [
    aclOperations.DESCRIBE,
    new Set<number>([aclOperations.READ, aclOperations.WRITE, aclOperations.DELETE, aclOperations.ALTER]),
  ],
  [aclOperations.DESCRIBE_CONFIGS, new Set<number>([aclOperations.ALTER_CONFIGS])],
])

function isPrefixed(entry: Entry): boolean {
  return entry.patternType === aclPatternTypes.PREFIXED
}

/** Prefixes are looked up by their lengths, of which a name has few. */
function startsWithAny(name: string, prefixes: ReadonlySet<string>): boolean {
  if (prefixes.size === 0) return false
  for (let length = 1; length <= name.length; length++) if (prefixes.has(name.slice(0, length))) return true
  return false
}

function decision(subject: Subject, action: Action, rule: Rule) {
  const { principal, host, request } = subject
  const { operation, resourceType, resourceName } = action
  return { principal, operation, host, resourceType, resourceName, request, rule: ruleText(rule) }
}

function ruleText(rule: Rule): string {
  if (typeof rule === 'string') return rule
  const { resourceName, patternType, principal, host, operation, permissionType } = rule
  const words = [
    nameOf(aclPermissionTypes, permissionType),
    `${nameOf(aclPatternTypes, patternType)}:${resourceName}`,
    nameOf(aclOperations, operation),
    principal,
    host,
  ]
  return `MatchingAcl(${words.join(' ')})`
}

function nameOf(codes: Readonly<Record<string, number>>, code: number): string {
  return Object.keys(codes).find(name => codes[name] === code) ?? String(code)
}
