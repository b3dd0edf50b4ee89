import type { ConfigProblem } from '@dorsale/base'
import { parsePrincipal } from '../security/principal.ts'
import { authorizerTable, type BrokerValues } from './tables/index.ts'

/** What the authorizer is told at the start. */
export interface AuthorizerConfig {
  /** Principals as text, `User:admin`. */
  readonly superUsers: ReadonlySet<string>
  readonly allowEveryoneIfNoAclFound: boolean
}

/** The authorizer that `authorizer.class.name` asks for; undefined: none. */
export function authorizerConfig(
  values: BrokerValues,
  settings: ReadonlyMap<string, string>,
): { readonly authorizer: AuthorizerConfig | undefined; readonly problems: readonly ConfigProblem[] } {
  const className = values['authorizer.class.name']
  const { config, problems: unsound } = authorizerTable.parse(settings, { allow: key => !isAuthorizerSetting(key) })
  const problems = [...unsound]
  if (className !== '' && className !== standardAuthorizer) {
    problems.push({
      key: 'authorizer.class.name',
      message: `authorizer.class.name=${className} cannot be loaded: Java classes are not, and a broker that was asked to lock its doors must not start with them open. Write ${standardAuthorizer}, or leave it out.`,
    })
  }
  const superUsers = config['super.users']
    .split(';')
    .map(text => text.trim())
    .filter(text => text !== '')
  for (const text of superUsers) {
    if (parsePrincipal(text) !== undefined) continue
    problems.push({
      key: 'super.users',
      message: `super.users names ${text}, which is no principal: write type and name, as in User:${text}, with ; between them.`,
    })
  }
  const authorizer = {
    superUsers: new Set(superUsers),
    allowEveryoneIfNoAclFound: config['allow.everyone.if.no.acl.found'],
  }
  return { authorizer: className === '' ? undefined : authorizer, problems }
}

/** Whether a key is the authorizer's own, and none of the broker's. */
export function isAuthorizerSetting(key: string): boolean {
  return authorizerTable.row(key) !== undefined
}

const standardAuthorizer = 'org.apache.kafka.metadata.authorizer.StandardAuthorizer'
