#!/usr/bin/env node
/**
 * The `dorsale` command. This file only turns on Node's compile cache: modules loaded after it, which is all of them, start from
 * compiled code on the second run.
 */
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runProcess } = await import('./run-process.ts')
await runProcess()
