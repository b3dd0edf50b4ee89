/** Lines of the tools' output that may differ, each with its reason. A row that explains nothing any more is named at the end of a run, and goes. */
export interface ExpectedOutput {
  /** How the run begins: the tool, and words that follow; empty: any. */
  readonly run: string
  /** The line, after `dorsale  ` or `kafka    `. */
  readonly line: RegExp
  /** Only when this is compared with Kafka's. Default: both. */
  readonly of?: 'our broker' | 'our tools'
  readonly reason: string
}

export const expectedOutputs: readonly ExpectedOutput[] = [
  {
    run: 'kafka-configs --describe --broker 1 --all',
    line: /listener\.security\.protocol\.map=/,
    of: 'our broker',
    reason:
      'Dorsale starts from the file that Kafka ships, which names more protocols than the properties of this run.',
  },
  {
    run: 'kafka-broker-api-versions',
    // The last of a list has no comma behind it.
    line: /^(dorsale {2}\w+\(\d+\): (UNSUPPORTED|.*\]$)|kafka {4}\w+\(\d+\): \d)/,
    of: 'our broker',
    reason: 'What is not served is not advertised (KNOWN-GAPS names it).',
  },
  {
    run: '',
    line: /^(kafka {4}\[exit 0\]|dorsale {2}\[exit 1\])$/,
    of: 'our tools',
    reason: "Our tools end with 1 where something failed; some of Kafka's end with 0 (KNOWN-GAPS).",
  },
  {
    run: '',
    line: /org\.apache\.kafka\.common\.errors\.\w+Exception: (The log does not hold|The requested offset is not|There is no group|The group id does not)/,
    of: 'our tools',
    reason:
      'Words of errors that the broker does not send are ours (KNOWN-GAPS); the class is compared by their neighbours.',
  },
  {
    run: 'kafka-streams-groups',
    line: /Error: .*(This (server|broker) does not host|The group id does not exist|There is no group of this id)/,
    of: 'our tools',
    reason: 'Words of errors that the broker does not send are ours (KNOWN-GAPS).',
  },
  {
    run: 'kafka-reassign-partitions',
    line: /^kafka {4}(at |\.\.\. \d+ more|Caused by: |(java|org\.apache)\.[\w.$]+: )/,
    of: 'our tools',
    reason: "Kafka's tool prints the stack of Java's exception behind the sentence.",
  },
  {
    run: 'kafka-console-consumer',
    line: /Epoch:(0|NOT_PRESENT) /,
    of: 'our tools',
    reason:
      "Kafka's tool loses the leader epoch on the way to its formatter and always prints that there is none; ours prints it.",
  },
  {
    run: 'kafka-broker-api-versions',
    line: /(\[usable: \d\]|UNKNOWN\(\d+\): \d),?$/,
    of: 'our tools',
    reason: "Kafka's tools are of 4.3, which knows fewer versions and APIs than the broker of 4.4 and we do.",
  },
  {
    run: 'kafka-features',
    line: /Feature: metadata\.version .*(UNKNOWN 33|4\.4-IV\d)/,
    of: 'our tools',
    reason: "Kafka's tools are of 4.3, and have no name for the broker's level of 4.4.",
  },
]
