import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/**
 * The world comes in through Env alone (design §5.3): a clock, a random source or a socket taken from elsewhere would make
 * simulations say nothing. The host's command line and local API are above what is simulated.
 */
const CORE = new URL('../../core/', import.meta.url).pathname
const SIMULATED = [
  'codec',
  'crypto',
  'env',
  'transport',
  'smp',
  'store',
  'router',
  'agent',
  'chat',
  'group',
  'superpeer',
]
const REAL = join(CORE, 'env/real.ts')

const FORBIDDEN = [
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bperformance\.now\b/,
  /\bMath\.random\b/,
  /\b(?:setTimeout|setInterval|setImmediate)\s*\(/,
  /\b(?:randomBytes|randomUUID|randomFill|randomFillSync|randomInt|generateKeyPairSync|getRandomValues)\b/,
  /from 'node:(?:net|tls|dgram|http|https|timers|timers\/promises)'/,
]

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

test('nothing that is simulated reaches around its Env', () => {
  const found: string[] = []
  for (const path of SIMULATED.flatMap((layer) => sources(join(CORE, layer)))) {
    if (path === REAL) continue
    for (const [index, line] of readFileSync(path, 'utf8').split('\n').entries()) {
      const code = line.replace(/^\s*(?:\*|\/\/|\/\*\*).*$/, '')
      // Parsing an address needs no socket.
      if (/import \{ isIP(?:v6)? \} from 'node:net'/.test(code)) continue
      if (FORBIDDEN.some((pattern) => pattern.test(code))) found.push(`${path}:${index + 1}: ${line.trim()}`)
    }
  }
  expect(found).toEqual([])
})
