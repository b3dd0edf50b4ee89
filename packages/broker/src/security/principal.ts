/** Who stands behind a connection, as ACLs, quotas and delegation tokens name him: `User:alice`. */
export interface KafkaPrincipal {
  /** `User`, for everybody whom Kafka's own doors let in. */
  readonly principalType: string
  readonly name: string
}

/** Everybody whom nobody asked who he is. */
export const anonymousPrincipal: KafkaPrincipal = { principalType: 'User', name: 'ANONYMOUS' }

/** Undefined: not in the form `type:name`. The name is what follows the first colon, and may hold others; as in Kafka, either may be empty. */
export function parsePrincipal(text: string): KafkaPrincipal | undefined {
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { principalType: text.slice(0, colon), name: text.slice(colon + 1) }
}

export function formatPrincipal({ principalType, name }: KafkaPrincipal): string {
  return `${principalType}:${name}`
}
