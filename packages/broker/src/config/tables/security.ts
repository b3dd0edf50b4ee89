import type { ConfigRows } from '@dorsale/base'
import { noTokens } from './effects.ts'

/** Who may do what: authorizer, principals, delegation tokens. */
export const securityRows = {
  'authorizer.class.name': {
    type: 'string',
    default: '',
    importance: 'low',
    doc: 'Who decides what clients may do: if empty, they may do everything; if `org.apache.kafka.metadata.authorizer.StandardAuthorizer`, the ACLs do. Another class is refused.',
    effect: { honoured: 'packages/broker/src/security/authorization.test.ts' },
  },
  'connections.max.reauth.ms': {
    type: 'long',
    unit: 'ms',
    default: 0n,
    importance: 'medium',
    doc: 'How long a SASL log-in is good for; 0: for ever.',
    effect: { honoured: 'packages/broker/src/security/sasl/sasl-gate.test.ts' },
  },
  'security.providers': {
    type: 'string',
    default: null,
    importance: 'low',
    doc: 'Java security providers.',
    effect: { none: 'There is no JVM to provide for.' },
  },
  'principal.builder.class': {
    type: 'class',
    default: 'org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder',
    importance: 'medium',
    update: 'per-broker',
    doc: 'The Java class that tells who a connection is.',
    effect: { refused: 'Java classes are not loaded, so every principal would be another than the class says.' },
  },
  'delegation.token.secret.key': {
    type: 'password',
    default: null,
    importance: 'medium',
    doc: 'The secret that signs delegation tokens.',
    effect: noTokens,
  },
  'delegation.token.max.lifetime.ms': {
    type: 'long',
    unit: 'ms',
    default: 604_800_000n,
    min: 1n,
    importance: 'medium',
    doc: 'How long a delegation token can live, renewals included.',
    effect: noTokens,
  },
  'delegation.token.expiry.time.ms': {
    type: 'long',
    unit: 'ms',
    default: 86_400_000n,
    min: 1n,
    importance: 'medium',
    doc: 'How long a delegation token lives between renewals.',
    effect: noTokens,
  },
  'delegation.token.expiry.check.interval.ms': {
    type: 'long',
    unit: 'ms',
    default: 3_600_000n,
    min: 1n,
    importance: 'low',
    doc: 'How often expired delegation tokens are looked for.',
    effect: noTokens,
  },
} as const satisfies ConfigRows
