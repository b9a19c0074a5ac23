import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { realEnv } from '../../../core/env/real.ts'
import { silentLog } from '../../../core/env/silent.ts'
import { loadIdentity } from '../../../core/router/identity.ts'
import { validateChain } from '../../../core/transport/chain.ts'

const disk = vi.hoisted(() => ({ writesLeft: Number.POSITIVE_INFINITY }))

/** The process ends in the middle of a write. */
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>()
  return {
    ...fs,
    writeFileSync(path: string, content: string, options: object) {
      if (disk.writesLeft-- > 0) return fs.writeFileSync(path, content, options)
      fs.writeFileSync(path, content.slice(0, content.length / 2), options)
      throw new Error('killed')
    },
  }
})

test('a first start that ends within any of its writes leaves nothing that the next cannot begin from', () => {
  const env = realEnv({ log: silentLog })
  for (let complete = 0; complete < 4; complete++) {
    const dir = mkdtempSync(join(tmpdir(), 'hearth-identity-'))
    const load = () => loadIdentity(env, dir, 'Ed25519', '127.0.0.1')
    disk.writesLeft = complete
    expect(load).toThrow('killed')
    disk.writesLeft = Number.POSITIVE_INFINITY
    const { chain, keyHash } = load()
    expect(validateChain(chain, keyHash, env.clock.now()).algorithm).toBe('Ed25519')
    expect(load().keyHash).toEqual(keyHash)
    rmSync(dir, { recursive: true })
  }
})
