import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DemoResult } from '../../core/host/demo/options.ts'
import { scratch } from '../support/agents.ts'

/** `npm run demo` as people run it, small. */

const DEMO = new URL('../../core/host/cli/demo.ts', import.meta.url).pathname

let folder: ReturnType<typeof scratch>
beforeEach(() => {
  folder = scratch()
})
afterEach(() => folder.remove())

interface Run {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

function demo(args: readonly string[], watch?: (errors: string, kill: () => void) => void): Promise<Run> {
  const child = spawn(process.execPath, [DEMO, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder.path },
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
    watch?.(errors, () => void child.kill('SIGINT'))
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output, errors })))
}

function resultOf({ output, errors }: Run): DemoResult {
  const line = output.trim().split('\n').at(-1)
  if (line === undefined || line === '') throw new Error(`no result: ${errors}`)
  return JSON.parse(line) as DemoResult
}

test('everything arrives once and in order while the router, a super-peer and a member are killed', async () => {
  const run = await demo(['--super-peers', '2', '--members', '2', '--messages', '12', '--kill', '--json'])
  const result = resultOf(run)
  expect(result).toMatchObject({
    members: 2,
    sent: 12,
    expected: 24,
    delivered: 24,
    missing: 0,
    duplicates: 0,
    outOfOrder: 0,
    killed: ['router', 'Oak', 'Ben'],
  })
  expect(result.superPeers.map(({ name, status, connected }) => [name, status, connected])).toEqual([
    ['Oak', 'active', 3],
    ['Birch', 'active', 3],
  ])
  expect(Object.keys(result)).toEqual([
    'group',
    'superPeers',
    'members',
    'sent',
    'expected',
    'delivered',
    'missing',
    'duplicates',
    'outOfOrder',
    'latencyMs',
    'elapsedMs',
    'killed',
  ])
  expect(run.code).toBe(0)
  expect(readdirSync(folder.path)).toEqual([])
}, 120_000)

test('a member that was away gets more than a queue holds', async () => {
  const run = await demo(['--super-peers', '1', '--members', '2', '--messages', '200', '--offline', '1', '--json'])
  expect(resultOf(run)).toMatchObject({ expected: 400, delivered: 400, missing: 0, duplicates: 0, outOfOrder: 0 })
  expect(run.code).toBe(0)
}, 120_000)

test('Ctrl-C leaves nothing behind', async () => {
  const run = await demo(['--super-peers', '1', '--members', '1', '--json'], (errors, interrupt) => {
    if (errors.includes('Starting 1 super-peers')) interrupt()
  })
  expect(run.code).toBe(130)
  expect(readdirSync(folder.path)).toEqual([])
}, 60_000)

test('impossible numbers are refused', async () => {
  expect((await demo(['--members', '2', '--offline', '3'])).code).toBe(2)
  expect((await demo(['--members', 'many'])).code).toBe(1)
})
