import type { ConfigRows } from '@dorsale/base'

const honoured = { honoured: 'packages/broker/src/security/standard-authorizer.test.ts' }

/** What Kafka's StandardAuthorizer reads for itself: no keys of the broker, so that other authorizers may know others. */
export const authorizerRows = {
  'super.users': {
    type: 'string',
    default: '',
    importance: 'high',
    doc: 'Who may do everything, whatever the ACLs say: principals (`User:admin`), with `;` between them.',
    effect: honoured,
  },
  'allow.everyone.if.no.acl.found': {
    type: 'boolean',
    default: false,
    importance: 'high',
    doc: 'Whether a resource that no ACL concerns is open to everybody; else it is open to super users alone.',
    effect: honoured,
  },
} as const satisfies ConfigRows
