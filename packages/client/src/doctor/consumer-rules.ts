/** The checklist of a consumer before production, as far as its settings can answer it. */
import type { ConsumerConfig } from '../config/consumer-config.ts'
import { connectionRules } from './connection-rules.ts'
import type { Rule } from './rule.ts'

/** Names that say nothing, and that two applications therefore share one day. */
const vagueGroup =
  /^(?:(?:my|the|a)[-_.]?)?(?:test|group|consumer|app|default|foo)(?:[-_.]?(?:group|id|consumer|\d+))*$/i

const isClassic = (config: ConsumerConfig) => config['group.protocol'].toLowerCase() === 'classic'

/** R-04-257 to R-04-263 and the relations of timeouts (R-04-099, R-04-219). */
export const consumerRules: readonly Rule<ConsumerConfig>[] = [
  ...connectionRules,
  {
    name: 'group-id',
    point: '`group.id` is unique to the application, and says what it does.',
    judge({ config }) {
      const group = config['group.id']
      const key = 'group.id'
      if (group === null)
        return {
          gravity: 'warning',
          key,
          why: 'without a group nothing is committed, and partitions are assigned by hand',
          advice: 'group.id=<application>-<purpose>, unless that is what you want',
        }
      if (!vagueGroup.test(group)) return undefined
      return {
        gravity: 'warning',
        key,
        why: `another application may well be called ${group}: the two would share the partitions, and each miss what the other gets`,
        advice: 'group.id=<application>-<purpose>',
      }
    },
  },
  {
    name: 'auto-commit',
    point: '`enable.auto.commit` is off: what was processed is committed, when it was.',
    judge({ config }) {
      if (!config['enable.auto.commit'] || config['group.id'] === null) return undefined
      return {
        gravity: 'warning',
        key: 'enable.auto.commit',
        why: 'commits follow the clock, not the processing: records that are handed to other code are committed before it is done with them, and lost if it fails',
        advice: 'enable.auto.commit=false, and commit what was processed',
      }
    },
  },
  {
    name: 'offset-reset',
    point: '`auto.offset.reset` was decided on.',
    judge({ config, isSet }) {
      const key = 'auto.offset.reset'
      if (isSet(key)) return undefined
      return {
        gravity: 'warning',
        key,
        why: `a group without offsets, new or away for longer than they are kept, begins at the ${config[key]}: what was written before is never read`,
        advice:
          'auto.offset.reset=earliest where nothing may be missed, none to decide each time, latest where only news counts',
      }
    },
  },
  {
    name: 'session',
    point: 'A member may miss two heartbeats before it is taken for dead.',
    judge({ config, isSet }) {
      if (!isClassic(config)) return undefined
      const session = config['session.timeout.ms']
      const heartbeat = config['heartbeat.interval.ms']
      // More heartbeats than three in a session, as the defaults have, only cost a few small requests.
      if (session >= 3 * heartbeat) return undefined
      return {
        gravity: 'warning',
        key: isSet('heartbeat.interval.ms') ? 'heartbeat.interval.ms' : 'session.timeout.ms',
        why: `with ${heartbeat} of ${session} ms, one or two lost heartbeats begin a rebalance`,
        advice: `heartbeat.interval.ms=${Math.floor(session / 3)}`,
      }
    },
  },
  {
    name: 'short-session',
    point: 'A pause of the process is no death.',
    judge({ config }) {
      if (!isClassic(config) || config['session.timeout.ms'] >= 10_000) return undefined
      return {
        gravity: 'warning',
        key: 'session.timeout.ms',
        why: `a pause of ${config['session.timeout.ms']} ms (collecting garbage, a busy machine) puts the member out of its group`,
        advice: 'session.timeout.ms=45000, or 30000 where a dead member must be found sooner',
      }
    },
  },
  {
    name: 'poll-interval',
    point: '`max.poll.interval.ms` is two to three times what a batch takes to process.',
    judge({ config, isSet }) {
      const key = 'max.poll.interval.ms'
      if (config['group.id'] === null) return undefined
      if (isClassic(config) && config[key] < config['session.timeout.ms'])
        return {
          gravity: 'warning',
          key,
          why: `processing that takes longer than ${config[key]} ms puts a healthy member out of its group, sooner than the death of its process would`,
          advice: `${key}=${config['session.timeout.ms']} or more`,
        }
      if (isSet(key)) return undefined
      return {
        gravity: 'advice',
        key,
        why: 'processing that takes longer than five minutes puts the member out; one that hangs is found after as long',
        advice: `measure what a batch takes, and set ${key} to two or three times that`,
      }
    },
  },
  {
    name: 'assignor',
    point: 'Rebalances stop only the partitions that move.',
    judge({ config }) {
      if (!isClassic(config) || config['group.id'] === null) return undefined
      const key = 'partition.assignment.strategy'
      const [preferred = ''] = config[key]
      if (/cooperative/i.test(preferred)) return undefined
      return {
        gravity: 'warning',
        key,
        why: `under ${preferred.replace(/^.*\./, '')} every member stops at every rebalance`,
        advice:
          `${key}=org.apache.kafka.clients.consumer.CooperativeStickyAssignor, reached by two rolling restarts: first beside the old one, then alone; ` +
          'or group.protocol=consumer',
      }
    },
  },
  {
    name: 'static-member',
    point: '`group.instance.id` spares rolling restarts their rebalances.',
    judge({ config, isSet }) {
      if (config['group.id'] === null || isSet('group.instance.id')) return undefined
      return {
        gravity: 'advice',
        key: 'group.instance.id',
        why: 'every restart of an instance is two rebalances, when it leaves and when it comes back',
        advice: 'group.instance.id=<name of the instance>, another for each, where instances have lasting names',
      }
    },
  },
  {
    name: 'fetch-wait',
    point: 'A broker answers a fetch well before the client gives it up.',
    judge({ config }) {
      if (config['fetch.max.wait.ms'] < config['request.timeout.ms']) return undefined
      return {
        gravity: 'error',
        key: 'fetch.max.wait.ms',
        why: `a fetch that waits for records is given up after request.timeout.ms=${config['request.timeout.ms']}, and the connection with it`,
        advice: 'fetch.max.wait.ms=500',
      }
    },
  },
  {
    name: 'fetch-minimum',
    point: 'Large fetches do not make every record late.',
    judge({ config }) {
      if (config['fetch.min.bytes'] <= 1 || config['fetch.max.wait.ms'] <= 1000) return undefined
      return {
        gravity: 'advice',
        key: 'fetch.max.wait.ms',
        why: `while fewer than fetch.min.bytes=${config['fetch.min.bytes']} are there, a record waits up to ${config['fetch.max.wait.ms']} ms`,
        advice: 'fetch.max.wait.ms=500 for throughput, 50 to 100 for latency',
      }
    },
  },
]
