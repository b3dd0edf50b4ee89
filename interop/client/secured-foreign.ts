/** Foreign clients at listeners that ask who they are: librdkafka on the command line, and Kafka's own console tools. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { javaArgs } from '../clients.ts'
import type { Reference } from '../prerequisites.ts'
import { type Processes, until } from '../processes.ts'
import { plain, reauthenticationMs, type SecuredCheck, type SecuredPlace, scram, unsecured } from './secured.ts'

/** By Java's names and by librdkafka's. */
interface Door {
  readonly name: string
  /** From the first port of the place. */
  readonly offset: number
  readonly java: Readonly<Record<string, string>>
  readonly kcat: Readonly<Record<string, string>>
}

const password = 'to the mines'

function doors({ directory }: SecuredPlace): Door[] {
  const file = (name: string) => join(directory, name)
  const trusting = {
    java: { 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': file('ca.pem') },
    kcat: { 'ssl.ca.location': file('ca.pem') },
  }
  const identified = {
    java: { 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': file('client-keystore.pem') },
    kcat: { 'ssl.certificate.location': file('client.pem'), 'ssl.key.location': file('client.key') },
  }
  const tls = {
    java: { 'security.protocol': 'SSL', ...trusting.java },
    kcat: { 'security.protocol': 'ssl', ...trusting.kcat },
  }
  const named = (username: string, secret: string) => ({ 'sasl.username': username, 'sasl.password': secret })
  const mechanisms: [name: string, jaas: string, kcat: Readonly<Record<string, string>>][] = [
    ['PLAIN', plain('alice', 'wonder land'), named('alice', 'wonder land')],
    ['SCRAM-SHA-256', scram('carol', password), named('carol', password)],
    ['SCRAM-SHA-512', scram('carol', password), named('carol', password)],
    [
      'OAUTHBEARER',
      unsecured,
      { 'enable.sasl.oauthbearer.unsecure.jwt': 'true', 'sasl.oauthbearer.config': 'principal=alice' },
    ],
  ]
  const sasl = mechanisms.flatMap(([mechanism, jaas, settings]): Door[] => {
    const java = { 'sasl.mechanism': mechanism, 'sasl.jaas.config': jaas }
    const kcat = { 'sasl.mechanisms': mechanism, ...settings }
    return [
      {
        name: `SASL_PLAINTEXT ${mechanism}`,
        offset: 4,
        java: { 'security.protocol': 'SASL_PLAINTEXT', ...java },
        kcat: { 'security.protocol': 'sasl_plaintext', ...kcat },
      },
      {
        name: `SASL_SSL ${mechanism}`,
        offset: 5,
        java: { 'security.protocol': 'SASL_SSL', ...trusting.java, ...java },
        kcat: { 'security.protocol': 'sasl_ssl', ...trusting.kcat, ...kcat },
      },
    ]
  })
  return [
    { name: 'SSL', offset: 2, ...tls },
    {
      name: 'SSL with a certificate of the client',
      offset: 3,
      java: { ...tls.java, ...identified.java },
      kcat: { ...tls.kcat, ...identified.kcat },
    },
    ...sasl,
  ]
}

export function foreignSecuredChecks(processes: Processes, reference: Reference): SecuredCheck[] {
  const deadlineMs = 60_000
  const java = (main: string, args: readonly string[], options: { stdinFile?: string } = {}) =>
    processes.run('java', javaArgs(reference.tools, main, args), { deadlineMs, ...options })
  const kcat = (place: SecuredPlace, door: Door, args: readonly string[], options: { stdinFile?: string } = {}) => {
    const flags = Object.entries(door.kcat).flatMap(([key, value]) => ['-X', `${key}=${value}`])
    return processes.run('kcat', ['-b', `localhost:${place.port + door.offset}`, ...flags, ...args], {
      deadlineMs: 20_000,
      ...options,
    })
  }
  const fileOf = (place: SecuredPlace, name: string, text: string): string => {
    const path = join(place.directory, name)
    writeFileSync(path, text)
    return path
  }
  const properties = (place: SecuredPlace, door: Door): string =>
    fileOf(
      place,
      'client.properties',
      Object.entries(door.java)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    )

  const kcatRoundTrips = async (place: SecuredPlace, chosen: readonly Door[], prefix: string) => {
    for (const [index, door] of chosen.entries()) {
      const topic = `${prefix}-${index}`
      const stdinFile = fileOf(place, 'line.txt', `by ${door.name}\n`)
      // Credentials that were just set may take a moment.
      await until(door.name, 20_000, () =>
        kcat(place, door, ['-P', '-t', topic], { stdinFile }).then(
          () => true,
          () => false,
        ),
      )
      const { stdout } = await kcat(place, door, ['-C', '-t', topic, '-o', 'beginning', '-e', '-q'])
      assert.equal(stdout.split('\n')[0], `by ${door.name}`)
    }
  }
  const isScram = ({ name }: Door) => name.includes('SCRAM')

  return [
    {
      name: 'kafka-configs sets the SCRAM credentials of a user',
      async run(place) {
        for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512']) {
          const entity = ['--entity-type', 'users', '--entity-name', 'carol']
          const config = ['--alter', '--add-config', `${mechanism}=[iterations=8192,password=${password}]`]
          await java('kafka.admin.ConfigCommand', [
            '--bootstrap-server',
            `localhost:${place.port}`,
            ...entity,
            ...config,
          ])
        }
      },
    },
    {
      name: 'kcat writes and reads by every door but those of SCRAM',
      run: place =>
        kcatRoundTrips(
          place,
          doors(place).filter(door => !isScram(door)),
          'kcat',
        ),
    },
    {
      name: 'kcat writes and reads by SCRAM, though librdkafka before 2.6 says its nonce twice',
      only: 'Dorsale',
      run: place => kcatRoundTrips(place, doors(place).filter(isScram), 'kcat-scram'),
    },
    {
      name: 'kcat is refused with a wrong password, and without a certificate',
      async run(place) {
        const [tls, mutual, ...sasl] = doors(place)
        for (const door of sasl.filter(({ kcat, name }) => 'sasl.password' in kcat && name.startsWith('SASL_SSL'))) {
          const wrong = { ...door, kcat: { ...door.kcat, 'sasl.password': 'wrong' } }
          await assert.rejects(kcat(place, wrong, ['-L', '-m', '3']), /uthentication|SASL/, door.name)
        }
        await assert.rejects(
          kcat(place, { ...tls!, offset: mutual!.offset }, ['-L', '-m', '3']),
          /SSL|certificate|handshake/,
        )
      },
    },
    {
      name: 'Kafka’s console tools write and read by doors of every kind',
      async run(place) {
        const chosen = doors(place).filter(({ name }) => !name.startsWith('SASL_PLAINTEXT') || name.endsWith('PLAIN'))
        for (const [index, door] of chosen.entries()) {
          const file = properties(place, door)
          const address = ['--bootstrap-server', `localhost:${place.port + door.offset}`, '--topic', `java-${index}`]
          const stdinFile = fileOf(place, 'line.txt', `by ${door.name}\n`)
          await java('org.apache.kafka.tools.ConsoleProducer', [...address, '--command-config', file], { stdinFile })
          const bounds = ['--from-beginning', '--max-messages', '1', '--timeout-ms', '20000']
          const main = 'org.apache.kafka.tools.consumer.ConsoleConsumer'
          const { stdout } = await java(main, [...address, ...bounds, '--command-config', file])
          assert.equal(stdout.trim(), `by ${door.name}`)
        }
      },
    },
    {
      name: 'Kafka’s producer shows anew who it is in the middle of its work',
      async run(place) {
        const door = doors(place).find(({ name }) => name === 'SASL_SSL SCRAM-SHA-512')!
        const perSecond = 200
        const count = (perSecond * 3 * reauthenticationMs) / 1000
        const load = [
          '--topic',
          'java-again',
          '--num-records',
          String(count),
          '--record-size',
          '100',
          '--throughput',
          String(perSecond),
        ]
        const address = [
          '--bootstrap-server',
          `localhost:${place.port + door.offset}`,
          '--command-config',
          properties(place, door),
        ]
        const { stdout } = await java('org.apache.kafka.tools.ProducerPerformance', [
          ...load,
          ...address,
          '--print-metrics',
        ])
        assert.match(stdout, new RegExp(`^${count} records sent`, 'm'))
        const again = /successful-reauthentication-total.*: ([0-9.]+)/.exec(stdout)?.[1]
        assert.ok(Number(again) >= 1, `re-authenticated ${again} times`)
        assert.match(stdout, /failed-reauthentication-total.*: 0\.0/)
      },
    },
  ]
}
