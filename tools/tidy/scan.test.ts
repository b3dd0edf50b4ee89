// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates are what is scanned here

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exportsOf, importsOf, scan } from './scan.ts'

test('comments and literals are blanked, code stays', () => {
  const cases: [source: string, codeOnly: string][] = [
    ["const a = 'x' // y", "const a = ' '     "],
    ['const a = "//" + b', 'const a = "  " + b'],
    ['/* a */ b', '        b'],
    ['`a ${b + `c ${d}`} e` + f', '`  ${b + `  ${d}`}  ` + f'],
    ['`${ {a: 1}.a } x`', '`${ {a: 1}.a }  `'],
    ['x = /[/"]/.test(y) / 2', 'x = /    /.test(y) / 2'],
    ['a / b / c', 'a / b / c'],
    ["'it\\'s' + b", "'     ' + b"],
  ]
  for (const [source, codeOnly] of cases) assert.equal(scan(source).codeOnly, codeOnly, source)
})

test('imports are found with their names and kinds', () => {
  const source = `
import assert, { type A, b as c } from 'm1'
import type { D } from 'm2'
import * as e from 'm3'
import 'm4'
export * from 'm5'
export { f, type G } from 'm6'
// import { no } from 'comment'
const text = "import('string')"
const h = await import('m7')
import {
  i,
  j,
} from 'm8'
`
  const found = importsOf(scan(source)).map(one => [
    one.specifier,
    one.names.join(),
    one.typeOnly,
    one.isReexport,
    one.isDynamic,
  ])
  assert.deepEqual(found, [
    ['m1', 'default,A,b', false, false, false],
    ['m2', 'D', true, false, false],
    ['m3', '*', false, false, false],
    ['m5', '*', false, true, false],
    ['m6', 'f,G', false, true, false],
    ['m8', 'i,j', false, false, false],
    ['m4', '', false, false, false],
    ['m7', '*', false, false, true],
  ])
})

test('exported values are found however they are declared', () => {
  const source = `
export const a = 1
export async function b() {}
export abstract class C {}
export interface D {}
export type E = 1
const f = 1, g = 2
export { f, g as h }
export { i } from 'm'
// export const no = 1
`
  assert.deepEqual(exportsOf(scan(source)), ['a', 'b', 'C', 'f', 'h'])
})
