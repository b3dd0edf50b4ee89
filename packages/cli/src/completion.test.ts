import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import type { CommandNode } from './command-tree.ts'
import { completionScript } from './completion.ts'
import { run } from './testing/run.ts'

const option = (long: string, more: { takesValue?: boolean; choices?: string[] } = {}) => ({
  text: long,
  long,
  takesValue: false,
  choices: [],
  doc: "it's so",
  ...more,
})
const node = (path: string[], more: Partial<CommandNode>): CommandNode => ({
  path,
  summary: "a 'summary'",
  arguments: [],
  options: [],
  children: [],
  ...more,
})
const tree = node([], {
  options: [option('--help')],
  children: [
    node(['topic'], {
      children: [
        node(['topic', 'list'], {
          options: [option('--output', { takesValue: true, choices: ['table', 'json'] }), option('--all')],
        }),
        node(['topic', 'delete'], {}),
      ],
    }),
    node(['kafka-topics'], { options: [option('--topic', { takesValue: true }), option('--list')] }),
  ],
})

test('bash completes commands, options and their values', () => {
  const script = completionScript(tree, 'bash')
  const cases: [line: string, words: string[]][] = [
    ['dorsale ', ['topic', 'kafka-topics', '--help']],
    ['dorsale to', ['topic']],
    ['dorsale topic ', ['list', 'delete']],
    ['dorsale topic list --', ['--output', '--all']],
    ['dorsale topic list --all --output j', ['json']],
    ['dorsale kafka-topics --topic x --l', ['--list']],
  ]
  const ask = ([line]: (typeof cases)[number]) => {
    const words = line.split(' ').map(word => `'${word}'`)
    return `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _dorsale; echo "\${COMPREPLY[@]}"\n`
  }
  const { stdout, stderr } = spawnSync('bash', ['-c', `${script}${cases.map(ask).join('')}`], { encoding: 'utf8' })
  assert.equal(stderr, '')
  const answers = stdout
    .trimEnd()
    .split('\n')
    .map(line => line.split(' '))
  assert.deepEqual(
    answers,
    cases.map(([, words]) => words),
  )
})

test('zsh takes what bash takes, fish has its own form', () => {
  assert.match(completionScript(tree, 'zsh'), /bashcompinit[\s\S]*complete -F _dorsale dorsale/)
  const lines = completionScript(tree, 'fish').split('\n')
  assert.ok(
    lines.includes(`complete -c dorsale -f -n '__dorsale_at topic' -a list -d 'a '\\''summary'\\'''`),
    lines.join('\n'),
  )
  assert.ok(
    lines.includes(`complete -c dorsale -n '__dorsale_at topic list' -l output -x -a 'table json' -d 'it'\\''s so'`),
  )
})

test('the whole tree has a script in which every command can be found', async () => {
  const { code, stdout } = await run(['completion', 'bash'])
  assert.equal(code, 0)
  for (const words of ['topic create', 'start', 'kafka-topics'])
    assert.ok(stdout.includes(`    '${words}') words=`), words)
})
