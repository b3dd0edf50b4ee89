/** What holds for every client: where it connects to, under which name, and how safely. */
import type { AdminConfig } from '../config/admin-config.ts'
import type { Rule } from './rule.ts'

/** What all clients have in common is what an admin client has. */
type ConnectionConfig = Pick<
  AdminConfig,
  | 'bootstrap.servers'
  | 'client.id'
  | 'security.protocol'
  | 'sasl.mechanism'
  | 'ssl.endpoint.identification.algorithm'
  | 'metadata.recovery.strategy'
>

/** R-03-270, R-04-258 and what an audit of a client asks besides. */
export const connectionRules: readonly Rule<ConnectionConfig>[] = [
  {
    name: 'bootstrap-servers',
    point: '`bootstrap.servers` names several brokers of the production cluster.',
    judge({ config }) {
      const servers = config['bootstrap.servers'] ?? []
      const key = 'bootstrap.servers'
      const [local] = servers.filter(isLoopback)
      if (local !== undefined)
        return {
          gravity: 'warning',
          key,
          why: `${local} is this machine alone: in production no cluster is there`,
          advice: 'name brokers of the production cluster',
        }
      if (servers.length === 1)
        return {
          gravity: 'advice',
          key,
          why: 'a client that starts while this one broker is down finds no cluster',
          advice: 'name two or three brokers, or a name that resolves to several',
        }
      return undefined
    },
  },
  {
    name: 'client-id',
    point: '`client.id` says which application this is.',
    judge({ config }) {
      if (config['client.id'] !== '') return undefined
      return {
        gravity: 'warning',
        key: 'client.id',
        why: "metrics, quotas and the brokers' logs cannot tell this application from another",
        advice: 'client.id=<application>-<role>',
      }
    },
  },
  {
    name: 'encryption',
    point: 'What is sent is encrypted, and passwords above all.',
    judge({ config }) {
      const protocol = config['security.protocol'].toUpperCase()
      const key = 'security.protocol'
      if (protocol === 'SASL_PLAINTEXT' && config['sasl.mechanism'] === 'PLAIN')
        return {
          gravity: 'error',
          key,
          why: 'the password crosses the network as it is, for everybody on the way to read',
          advice: 'security.protocol=SASL_SSL',
        }
      if (protocol === 'PLAINTEXT' || protocol === 'SASL_PLAINTEXT')
        return {
          gravity: 'warning',
          key,
          why: 'records cross the network unencrypted, and the broker does not prove who it is',
          advice: protocol === 'PLAINTEXT' ? 'security.protocol=SSL or SASL_SSL' : 'security.protocol=SASL_SSL',
        }
      return undefined
    },
  },
  {
    name: 'host-name',
    point: 'The certificate of a broker is held against its host name.',
    judge({ config }) {
      if (config['ssl.endpoint.identification.algorithm'] !== '') return undefined
      return {
        gravity: 'error',
        key: 'ssl.endpoint.identification.algorithm',
        why: 'whoever has any certificate of the same authority can pose as the broker',
        advice: 'ssl.endpoint.identification.algorithm=https',
      }
    },
  },
  {
    name: 'rebootstrap',
    point: 'A client that has lost every broker it knew begins anew with `bootstrap.servers` (KIP-899).',
    judge({ config }) {
      if (config['metadata.recovery.strategy'].toLowerCase() !== 'none') return undefined
      return {
        gravity: 'warning',
        key: 'metadata.recovery.strategy',
        why: 'once all brokers have changed their addresses, only a restart of the application helps',
        advice: 'metadata.recovery.strategy=rebootstrap',
      }
    },
  },
]

function isLoopback(server: string): boolean {
  return /^(?:\w+:\/\/)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::|$)/i.test(server)
}
