/** Differences that are meant or known, each with its reason. A row that explains nothing any more is named at the end of a run, and goes. */

export interface ExpectedDifference {
  /** `<API>: <name of the step>`, with `*` for anything. */
  readonly step: string
  /** Path of the field, with `*` for anything. */
  readonly path: string
  readonly reason: string
}

const noCoordinators =
  'There are no coordinators yet (KNOWN-GAPS): Kafka makes their topics when they are first asked for.'
const unlikely = 'No client sends it, and nothing hangs on the answer.'

export const expectedDifferences: readonly ExpectedDifference[] = [
  {
    step: '*',
    path: '*rrorMessage',
    reason: 'Error texts are ours: what is wrong, where, what to do. Codes are compared.',
  },
  { step: 'ApiVersions: *', path: 'apiKeys*', reason: 'What is not served is not advertised (KNOWN-GAPS names it).' },
  {
    step: 'ApiVersions: *',
    path: 'finalizedFeatures[kraft.version]',
    reason: "The quorum's own version is not shown (KNOWN-GAPS).",
  },
  {
    step: 'DescribeConfigs: every setting of the broker',
    path: '*configs[broker.id]*',
    reason: 'Shown as it was given; Kafka fills it from node.id.',
  },
  { step: 'FindCoordinator: *', path: '*', reason: noCoordinators },
  { step: '*', path: 'topics[__*', reason: noCoordinators },
  { step: 'InitProducerId: *', path: '*', reason: 'Transactional ids are refused (KNOWN-GAPS).' },
  { step: 'DescribeConfigs: *', path: 'results[differ-group]*', reason: 'Groups have no settings yet (KNOWN-GAPS).' },
  {
    step: 'DescribeConfigs: every setting of the broker',
    path: '*configs[listener.security.protocol.map]*',
    reason:
      'Dorsale starts from the file that Kafka ships, which names more protocols than the properties of this run.',
  },
  {
    step: 'CreateTopics: leader.replication.throttled.replicas=0:1,',
    path: '*',
    reason: "An empty entry at the end of a list is refused; Java's split passes over it.",
  },
  {
    step: 'Produce: *',
    path: '*.logStartOffset',
    reason: 'Kafka leaves it out where the request, not the log, refuses the records.',
  },
  {
    step: 'Produce: generated *',
    path: '*.errorCode',
    reason: 'Records that are both not whole and not acceptable: either code is true.',
  },
  {
    step: 'Fetch: of an isolation that does not exist',
    path: '*',
    reason: `Kafka fails inside (UNKNOWN_SERVER_ERROR). ${unlikely}`,
  },
  { step: 'Fetch: as a follower', path: '*', reason: 'Fetches of followers are not served (KNOWN-GAPS).' },
  {
    step: 'Fetch: generated *',
    path: '*',
    reason: `Followers that are not there, and sessions over partitions that are not. ${unlikely}`,
  },
  { step: '*: generated *', path: 'topics[0]', reason: `An empty name. ${unlikely}` },
  { step: '*: generated *', path: 'topics[1]', reason: `An empty name. ${unlikely}` },
  { step: '*: generated *', path: 'topics[AAAA*', reason: `A topic with neither name nor id. ${unlikely}` },
  { step: '*: generated *', path: 'responses[AAAA*', reason: `A topic with neither name nor id. ${unlikely}` },
  { step: '*: generated *', path: '*#2]*', reason: `A topic that is named twice, by name and by id. ${unlikely}` },
]
