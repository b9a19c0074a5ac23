import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { realEnv } from '../../../core/env/real.ts'
import { silentLog } from '../../../core/env/silent.ts'
import { loadIdentity, ROUTER_DATABASE } from '../../../core/router/identity.ts'

const env = realEnv({ log: silentLog })
let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hearth-identity-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const load = () => loadIdentity(env, dir, 'Ed25519', '127.0.0.1')

test('a router stays who it is', () => {
  expect(load().keyHash).toEqual(load().keyHash)
})

test('a first start that was interrupted begins again', () => {
  for (const left of [['ca.key'], ['ca.key', 'server.key'], ['ca.key', 'server.key', 'server.crt']]) {
    for (const file of left) writeFileSync(join(dir, file), '')
    load()
    unlinkSync(join(dir, 'ca.crt'))
  }
})

test('a router that has queues never gets another identity', () => {
  load()
  writeFileSync(join(dir, ROUTER_DATABASE), '')
  unlinkSync(join(dir, 'ca.crt'))
  expect(load).toThrow('part of its keys')
})
