/** The checklist of a producer before production, as far as its settings can answer it. */
import type { ProducerConfig } from '../config/producer-config.ts'
import { connectionRules } from './connection-rules.ts'
import type { Rule } from './rule.ts'

/** What brokers allow unless `transaction.max.timeout.ms` says otherwise. */
const longestTransaction = 900_000

/** R-03-270 to R-03-275, with the relations that the chapter asks for (R-03-088, R-03-122, R-03-123). */
export const producerRules: readonly Rule<ProducerConfig>[] = [
  ...connectionRules,
  {
    name: 'acks',
    point: '`acks` is what the data deserve: `all` unless they may be lost.',
    judge({ config }) {
      const key = 'acks'
      if (config.acks === '0')
        return {
          gravity: 'error',
          key,
          why: 'no broker confirms anything: what is lost on the way is lost unseen, and no offset is known',
          advice: 'acks=all; 0 is for measurements that nobody will miss',
        }
      if (config.acks === '1')
        return {
          gravity: 'warning',
          key,
          // min.insync.replicas does not help: brokers hold it against acks=all alone.
          why: 'records that a leader has confirmed are lost when it dies before a follower has them, whatever min.insync.replicas says',
          advice: 'acks=all, with min.insync.replicas=2 at the topic',
        }
      return undefined
    },
  },
  {
    name: 'idempotence',
    point: '`enable.idempotence` is on.',
    judge({ config }) {
      if (config['enable.idempotence']) return undefined
      return {
        gravity: 'error',
        key: 'enable.idempotence',
        why: 'a batch whose confirmation was lost is sent again and written twice',
        advice: 'enable.idempotence=true, with acks=all',
      }
    },
  },
  {
    name: 'order',
    point: 'Records of a partition keep their order when one is sent again.',
    judge({ config }) {
      const inFlight = config['max.in.flight.requests.per.connection']
      if (config['enable.idempotence'] || inFlight === 1 || config.retries === 0) return undefined
      return {
        gravity: 'warning',
        key: 'max.in.flight.requests.per.connection',
        why: `with ${inFlight} requests in flight and without idempotence, a batch that is sent again lands behind those sent after it`,
        advice: 'enable.idempotence=true; or max.in.flight.requests.per.connection=1',
      }
    },
  },
  {
    name: 'retries',
    point: 'How long is tried is said by `delivery.timeout.ms`, not by a number of retries.',
    judge({ config, isSet }) {
      if (!isSet('retries') || config.retries >= 2_147_483_647) return undefined
      const key = 'retries'
      const advice = 'leave retries out, and bound the time with delivery.timeout.ms'
      if (config.retries === 0)
        return {
          gravity: 'error',
          key,
          why: 'a record is lost whenever a leader moves; order is no reason, idempotence keeps it',
          advice,
        }
      return {
        gravity: 'warning',
        key,
        why: `${config.retries} retries are over in seconds, the election of a leader may not be`,
        advice,
      }
    },
  },
  {
    name: 'delivery-timeout',
    point: '`delivery.timeout.ms` leaves time for more than one attempt.',
    judge({ config }) {
      const delivery = config['delivery.timeout.ms']
      const request = config['request.timeout.ms']
      const attempt = Number(config['linger.ms']) + request
      if (delivery >= 2 * attempt) return undefined
      return {
        gravity: 'warning',
        key: 'delivery.timeout.ms',
        why: `one request may take ${request} ms: after one that is not answered there is no time for another`,
        advice: `delivery.timeout.ms=${2 * attempt} or more, or a shorter request.timeout.ms`,
      }
    },
  },
  {
    name: 'compression',
    point: '`compression.type` was decided on; lz4 and zstd are the ones to begin with.',
    judge({ config, isSet }) {
      const key = 'compression.type'
      if (config[key] === 'gzip')
        return {
          gravity: 'advice',
          key,
          why: 'gzip takes several times the processor time of zstd for about the same size',
          advice: 'compression.type=zstd',
        }
      if (isSet(key)) return undefined
      return {
        gravity: 'advice',
        key,
        why: 'text such as JSON and logs takes 60 to 80 % less of network and disk when it is compressed',
        advice: 'compression.type=lz4 (or zstd where size counts); none, said so, for what is compressed already',
      }
    },
  },
  {
    name: 'batching',
    point: '`linger.ms` and `batch.size` were chosen for the load.',
    judge({ config, isSet }) {
      if (isSet('linger.ms') && config['linger.ms'] === 0n && config['batch.size'] > 65_536)
        return {
          gravity: 'advice',
          key: 'linger.ms',
          why: `no batch waits, so few will ever reach batch.size=${config['batch.size']}`,
          advice: 'linger.ms=5 to 20, or 50 to 100 where latency does not count',
        }
      if (isSet('linger.ms') || isSet('batch.size')) return undefined
      return {
        gravity: 'advice',
        key: 'batch.size',
        why: 'batches of 16 KB at the most are many requests under a heavy load',
        advice: 'batch.size=65536 to 262144 with linger.ms=5 to 20 for throughput; linger.ms=0 for latency',
      }
    },
  },
  {
    name: 'buffer',
    point: '`buffer.memory` holds a batch for every partition that is written to.',
    judge({ config }) {
      const batches = Number(config['buffer.memory']) / Math.max(config['batch.size'], 1)
      if (batches >= 32) return undefined
      return {
        gravity: 'warning',
        key: 'buffer.memory',
        why: `there is room for ${Math.floor(batches)} full batches: with more partitions than that, sends wait for room although nothing is slow`,
        advice: `buffer.memory=${Math.max(33_554_432, 64 * config['batch.size'])}`,
      }
    },
  },
  {
    name: 'largest-batch',
    point: 'A full batch fits into a request.',
    judge({ config }) {
      if (config['batch.size'] <= config['max.request.size']) return undefined
      return {
        gravity: 'warning',
        key: 'batch.size',
        why: `no request carries more than max.request.size=${config['max.request.size']}, so batches never grow to batch.size`,
        advice: `batch.size=${config['max.request.size']} or less`,
      }
    },
  },
  {
    name: 'transaction-timeout',
    point: 'The coordinator accepts `transaction.timeout.ms`.',
    judge({ config }) {
      const timeout = config['transaction.timeout.ms']
      if (config['transactional.id'] === null || timeout <= longestTransaction) return undefined
      return {
        gravity: 'error',
        key: 'transaction.timeout.ms',
        why: `brokers refuse more than transaction.max.timeout.ms, ${longestTransaction} unless it was changed; readers of committed records wait as long behind a producer that died`,
        advice: 'transaction.timeout.ms=60000',
      }
    },
  },
]
