import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatJavaDate } from './java-date.ts'

test("times are printed by the letters of Java's SimpleDateFormat, in the machine's zone", () => {
  const ms = new Date(2026, 10, 7, 8, 9, 5, 42).getTime()
  const cases: [format: string, text: string][] = [
    ['yyyy-MM-dd HH:mm:ss:SSS', '2026-11-07 08:09:05:042'],
    ['yy/M/d H:m', '26/11/7 8:9'],
    ["yyyy'y'", '2026y'],
  ]
  for (const [format, text] of cases) assert.equal(formatJavaDate(format, ms), text)
})
