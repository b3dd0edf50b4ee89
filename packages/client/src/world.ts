import type { Clock, Disk, Logger, Net, Prng } from '@dorsale/base'
import type { TokenWorld } from './security/oauth-tokens.ts'
import type { OAuthTokenProvider } from './security/oauthbearer.ts'
import type { SaslSettings } from './security/sasl-settings.ts'

/** What a client takes from outside: time, chance, the network, and where to say what happened. */
export interface ClientWorld {
  readonly clock: Clock
  readonly prng: Prng
  readonly net: Net
  readonly logger: Logger
  /** Where the files are that `ssl.*` and `sasl.*` settings name. Without it, settings that name files are refused. */
  readonly disk?: Pick<Disk, 'readFileSync'>
  /** Asks `sasl.oauthbearer.token.endpoint.url` for tokens. Without it, that setting is refused. */
  readonly fetch?: NonNullable<TokenWorld['fetch']>
  /** The names of a host as its addresses have them. Without it, `client.dns.lookup=resolve_canonical_bootstrap_servers_only` is refused. */
  readonly canonicalNames?: (host: string) => Promise<readonly string[]>
  /** The application's own source of tokens for OAUTHBEARER, in place of what the settings name. */
  readonly oauthToken?: OAuthTokenProvider
  /** The application's own way to show who it is, in place of what `sasl.*` says; `security.protocol` must be one with SASL. */
  readonly sasl?: SaslSettings
}
