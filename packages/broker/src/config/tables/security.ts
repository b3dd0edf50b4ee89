import type { ConfigRows } from '@dorsale/base'
import { notYet } from './effects.ts'

/** Who may do what: authorizer, principals, delegation tokens. */
export const securityRows = {
  'authorizer.class.name': {
    type: 'string',
    default: '',
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
  'connections.max.reauth.ms': {
    type: 'long',
    default: 0n,
    importance: 'medium',
    doc: 'TODO',
    effect: notYet,
  },
  'security.providers': {
    type: 'string',
    default: null,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
  'principal.builder.class': {
    type: 'class',
    default: 'org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder',
    importance: 'medium',
    update: 'per-broker',
    doc: 'TODO',
    effect: notYet,
  },
  'delegation.token.secret.key': {
    type: 'password',
    default: null,
    importance: 'medium',
    doc: 'TODO',
    effect: notYet,
  },
  'delegation.token.max.lifetime.ms': {
    type: 'long',
    default: 604_800_000n,
    min: 1n,
    importance: 'medium',
    doc: 'TODO',
    effect: notYet,
  },
  'delegation.token.expiry.time.ms': {
    type: 'long',
    default: 86_400_000n,
    min: 1n,
    importance: 'medium',
    doc: 'TODO',
    effect: notYet,
  },
  'delegation.token.expiry.check.interval.ms': {
    type: 'long',
    default: 3_600_000n,
    min: 1n,
    importance: 'low',
    doc: 'TODO',
    effect: notYet,
  },
} as const satisfies ConfigRows
