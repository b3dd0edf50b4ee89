import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type OptionTable, parseOptions } from './options.ts'

const options = {
  topic: { doc: '' },
  list: { kind: 'flag', doc: '' },
  'list-all': { kind: 'flag', doc: '' },
  config: { repeated: true, doc: '' },
  codec: { kind: 'optional', doc: '' },
  'producer-props': { kind: 'many', doc: '' },
  file: { short: 'c', aliases: ['file.name'], default: 'none', doc: '' },
} as const satisfies OptionTable

const read = (text: string, rules: { prefixes?: boolean; actions?: string[] } = {}) => {
  const parsed = parseOptions(text.split(' ').filter(Boolean), { options, ...rules })
  const names = Object.keys(options) as (keyof typeof options)[]
  return {
    given: Object.fromEntries(names.filter(name => parsed.has(name)).map(name => [name, parsed.texts(name)])),
    action: parsed.action,
    extra: parsed.extra,
    file: parsed.text('file'),
  }
}

test("options are read as Kafka's tools read them", () => {
  const cases: [text: string, given: Record<string, readonly string[]>][] = [
    ['--topic orders', { topic: ['orders'] }],
    ['--topic=orders', { topic: ['orders'] }],
    ['--topic=', { topic: [''] }],
    ['--topic a=b', { topic: ['a=b'] }],
    // A required value is taken whatever it looks like.
    ['--topic --list', { topic: ['--list'] }],
    ['--list --topic t', { list: [], topic: ['t'] }],
    ['--config a=1 --config b=2', { config: ['a=1', 'b=2'] }],
    ['--codec --list', { codec: [], list: [] }],
    ['--codec gzip --list', { codec: ['gzip'], list: [] }],
    ['--producer-props a=1 b=2 --list', { 'producer-props': ['a=1', 'b=2'], list: [] }],
    ['-c name', { file: ['name'] }],
    ['--file.name name', { file: ['name'] }],
    // A number is a value, not an option.
    ['--codec -1', { codec: ['-1'] }],
  ]
  for (const [text, given] of cases) assert.deepEqual(read(text).given, given, text)
  assert.equal(read('').file, 'none')
})

test('actions are words, before or after the options; other words are set apart', () => {
  const { action, extra, given } = read('--topic t describe more --list', { actions: ['describe', 'list'] })
  assert.deepEqual([action, extra, given], ['describe', ['more'], { topic: ['t'], list: [] }])
})

test('the beginning of a name is enough for the tools on argparse4j, if it is the only one', () => {
  assert.deepEqual(read('--prod a=1', { prefixes: true }).given, { 'producer-props': ['a=1'] })
  assert.deepEqual(read('--list', { prefixes: true }).given, { list: [] })
  assert.throws(() => read('--li', { prefixes: true }), /--list or --list-all/)
})

test('what cannot be read says why', () => {
  const cases: [text: string, message: RegExp][] = [
    ['--topix t', /topix is not a recognized option; did you mean --topic\?/],
    ['--lis', /lis is not a recognized option/],
    ['--topic', /Option topic requires an argument/],
    ['--producer-props --list', /Option producer-props requires an argument/],
    ['--topic a --topic b', /Found multiple arguments for option topic, but you asked for only one/],
    ['--list=yes', /Option list does not take a value/],
  ]
  for (const [text, message] of cases) assert.throws(() => read(text), message, text)
})
