/** How connections are secured: the rows that every client shares. */
import type { Check, ConfigOfRows, ConfigRows } from '@dorsale/base'

const tls = { honoured: 'packages/client/src/security/tls-settings.test.ts' }
const sasl = { honoured: 'packages/client/src/security/sasl-settings.test.ts' }
const oauth = { honoured: 'packages/client/src/security/oauth-tokens.test.ts' }
const javaOnly = { none: 'It chooses among implementations of Java.' }
const noKerberos = { none: 'Kerberos (GSSAPI) is not served.' }
const noClasses = { refused: 'It names a class of Java, which cannot be loaded.' }

/** Bounds that Kafka prints as what they are, doubles. */
function between(min: number, max: number, range: string): Check<number> {
  const problem = (key: string, value: number) =>
    value >= min && value <= max
      ? undefined
      : `Invalid value ${value} for configuration ${key}: ${min} to ${max} are taken`
  return { range, problem }
}

const tlsRows = {
  'ssl.protocol': {
    type: 'string',
    default: 'TLSv1.3',
    importance: 'medium',
    doc: 'The newest version of TLS that is spoken.',
    effect: tls,
  },
  'ssl.enabled.protocols': {
    type: 'list',
    default: ['TLSv1.2', 'TLSv1.3'],
    importance: 'medium',
    doc: 'The versions of TLS that are spoken; what lies between the oldest and the newest is spoken too.',
    effect: tls,
  },
  'ssl.cipher.suites': {
    type: 'list',
    default: [],
    importance: 'low',
    doc: "The cipher suites that may be used, by Java's names or OpenSSL's. Default: those of the runtime.",
    effect: tls,
  },
  'ssl.endpoint.identification.algorithm': {
    type: 'string',
    default: 'https',
    importance: 'low',
    doc: "`https`: the broker's certificate must name the host that was asked for. Empty: any certificate that is trusted will do.",
    effect: tls,
  },
  'ssl.truststore.type': {
    type: 'string',
    default: 'JKS',
    importance: 'medium',
    doc: '`PEM` is read. `JKS`, and `PKCS12` for whom to trust, are not: the error says how to turn them into PEM.',
    effect: tls,
  },
  'ssl.truststore.location': {
    type: 'string',
    default: null,
    importance: 'high',
    doc: 'A file with the certificates of whom to trust. Without one, and without certificates in the settings, the authorities of the runtime are trusted.',
    effect: tls,
  },
  'ssl.truststore.password': {
    type: 'password',
    default: null,
    importance: 'high',
    doc: 'The password of the file; PEM has none.',
    effect: tls,
  },
  'ssl.truststore.certificates': {
    type: 'password',
    default: null,
    importance: 'high',
    doc: 'Certificates of whom to trust, as PEM, in place of a file.',
    effect: tls,
  },
  'ssl.keystore.type': {
    type: 'string',
    default: 'JKS',
    importance: 'medium',
    doc: '`PEM` and `PKCS12` are read. `JKS` is not: the error says how to turn it into either.',
    effect: tls,
  },
  'ssl.keystore.location': {
    type: 'string',
    default: null,
    importance: 'high',
    doc: "A file with the client's certificate chain and private key, for brokers that ask who it is. It is read for each connection, so a renewed one takes effect.",
    effect: tls,
  },
  'ssl.keystore.password': {
    type: 'password',
    default: null,
    importance: 'high',
    doc: 'The password of a PKCS #12 file; PEM has none.',
    effect: tls,
  },
  'ssl.keystore.key': {
    type: 'password',
    default: null,
    importance: 'high',
    doc: "The client's private key, as PEM (PKCS #8), in place of a file.",
    effect: tls,
  },
  'ssl.keystore.certificate.chain': {
    type: 'password',
    default: null,
    importance: 'high',
    doc: "The client's certificate and those that vouch for it, as PEM, in place of a file.",
    effect: tls,
  },
  'ssl.key.password': {
    type: 'password',
    default: null,
    importance: 'high',
    doc: 'The password of a private key that is encrypted.',
    effect: tls,
  },
  'ssl.provider': {
    type: 'string',
    default: null,
    importance: 'medium',
    doc: "Java's security provider for TLS.",
    effect: javaOnly,
  },
  'ssl.keymanager.algorithm': {
    type: 'string',
    default: 'SunX509',
    importance: 'low',
    doc: "Java's algorithm for keys.",
    effect: javaOnly,
  },
  'ssl.trustmanager.algorithm': {
    type: 'string',
    default: 'PKIX',
    importance: 'low',
    doc: "Java's algorithm for trust.",
    effect: javaOnly,
  },
  'ssl.secure.random.implementation': {
    type: 'string',
    default: null,
    importance: 'low',
    doc: "Java's source of randomness for TLS.",
    effect: javaOnly,
  },
  'ssl.engine.factory.class': {
    type: 'class',
    default: null,
    importance: 'low',
    doc: 'A class of Java that makes the engines of TLS.',
    effect: noClasses,
  },
  'security.providers': {
    type: 'string',
    default: null,
    importance: 'low',
    doc: "Java's security providers.",
    effect: javaOnly,
  },
} as const satisfies ConfigRows

const saslRows = {
  'sasl.mechanism': {
    type: 'string',
    default: 'GSSAPI',
    importance: 'medium',
    doc: '`PLAIN`, `SCRAM-SHA-256`, `SCRAM-SHA-512` or `OAUTHBEARER`. `GSSAPI` (Kerberos) is not served.',
    effect: sasl,
  },
  'sasl.jaas.config': {
    type: 'password',
    default: null,
    importance: 'medium',
    doc: 'The credentials, in the form of Java\'s login configuration: `org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="secret";`.',
    effect: sasl,
  },
  'sasl.login.callback.handler.class': {
    type: 'class',
    default: null,
    importance: 'medium',
    doc: "Where tokens come from: Kafka's `OAuthBearerLoginCallbackHandler`, or `OAuthBearerUnsecuredLoginCallbackHandler` for tokens that nobody has signed.",
    effect: oauth,
  },
  'sasl.client.callback.handler.class': {
    type: 'class',
    default: null,
    importance: 'medium',
    doc: 'A class of Java that answers what a mechanism asks.',
    effect: noClasses,
  },
  'sasl.login.class': {
    type: 'class',
    default: null,
    importance: 'medium',
    doc: 'A class of Java that logs in.',
    effect: noClasses,
  },
  'sasl.oauthbearer.token.endpoint.url': {
    type: 'string',
    default: null,
    importance: 'medium',
    doc: 'Where tokens are asked for with client credentials (`https:`), or the file that holds one (`file:`).',
    effect: oauth,
  },
  'sasl.oauthbearer.client.credentials.client.id': {
    type: 'string',
    default: null,
    importance: 'medium',
    doc: 'Who asks for tokens. Default: `clientId` in `sasl.jaas.config`.',
    effect: oauth,
  },
  'sasl.oauthbearer.client.credentials.client.secret': {
    type: 'password',
    default: null,
    importance: 'medium',
    doc: 'The secret of who asks for tokens. Default: `clientSecret` in `sasl.jaas.config`.',
    effect: oauth,
  },
  'sasl.oauthbearer.scope': {
    type: 'string',
    default: null,
    importance: 'medium',
    doc: 'What tokens are asked for. Default: `scope` in `sasl.jaas.config`.',
    effect: oauth,
  },
  'sasl.oauthbearer.header.urlencode': {
    type: 'boolean',
    default: false,
    importance: 'low',
    doc: 'Whether id and secret are URL-encoded in the header of the request for a token, as RFC 6749 has it.',
    effect: oauth,
  },
  'sasl.login.read.timeout.ms': {
    type: 'int',
    unit: 'ms',
    default: null,
    importance: 'low',
    doc: 'How long the endpoint may take to answer with a token, connection included. Default: ten seconds.',
    effect: oauth,
  },
  'sasl.login.connect.timeout.ms': {
    type: 'int',
    unit: 'ms',
    default: null,
    importance: 'low',
    doc: 'How long the connection to the endpoint may take.',
    effect: { none: '`sasl.login.read.timeout.ms` covers the whole request.' },
  },
  'sasl.login.refresh.window.factor': {
    type: 'double',
    default: 0.8,
    check: between(0.5, 1, '[0.5,...,1.0]'),
    importance: 'low',
    doc: 'After which part of its lifetime a token is replaced.',
    effect: oauth,
  },
  'sasl.login.refresh.window.jitter': {
    type: 'double',
    default: 0.05,
    check: between(0, 0.25, '[0.0,...,0.25]'),
    importance: 'low',
    doc: 'How much of its lifetime, at most and at random, is added to that.',
    effect: oauth,
  },
  'sasl.login.refresh.min.period.seconds': {
    type: 'short',
    default: 60,
    min: 0,
    max: 900,
    importance: 'low',
    doc: 'For how long a new token is not replaced, where its lifetime has room for this and the buffer.',
    effect: oauth,
  },
  'sasl.login.refresh.buffer.seconds': {
    type: 'short',
    default: 300,
    min: 0,
    max: 3600,
    importance: 'low',
    doc: 'How long before its end a token is replaced at the latest, where its lifetime has room for this and the least period.',
    effect: oauth,
  },
  'sasl.kerberos.service.name': {
    type: 'string',
    default: null,
    importance: 'medium',
    doc: 'The name of the brokers at Kerberos.',
    effect: noKerberos,
  },
} as const satisfies ConfigRows

export const securityRows = {
  'security.protocol': {
    type: 'string',
    default: 'PLAINTEXT',
    values: ['SASL_SSL', 'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT'],
    ignoreCase: true,
    importance: 'medium',
    doc: 'How connections are secured: TLS with `SSL`, a name and its proof with `SASL_PLAINTEXT`, both with `SASL_SSL`.',
    effect: sasl,
  },
  ...tlsRows,
  ...saslRows,
} as const satisfies ConfigRows

/** What `securityRows` configure. */
export type SecurityConfig = ConfigOfRows<typeof securityRows>
