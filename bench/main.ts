import { machine } from './machine.ts'

/**
 * `npm run bench -- NAME [--json] [options]`: runs one benchmark of this folder and prints where it ran, its parameters
 * and figures. With --json the last line is one object.
 */
interface Benchmark {
  run(args: readonly string[]): Promise<object>
}

const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  crypto: () => import('./crypto.ts'),
  ratchet: () => import('./ratchet.ts'),
  router: () => import('./router.ts'),
  fanout: () => import('./fanout.ts'),
  join: () => import('./join.ts'),
  limit: () => import('./limit.ts'),
  interface: () => import('./interface.ts'),
}

const [name = '', ...rest] = process.argv.slice(2)
const json = rest.includes('--json')
const load = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined

if (load === undefined) {
  console.error(`usage: npm run bench -- ${Object.keys(BENCHMARKS).join('|')} [--json] [options]`)
  process.exitCode = 2
} else {
  const { run } = await load()
  const result = { benchmark: name, machine: machine(), ...(await run(rest.filter((arg) => arg !== '--json'))) }
  if (json) console.log(JSON.stringify(result))
  else print(result)
}

function print(value: object, indent = ''): void {
  for (const [key, item] of Object.entries(value)) {
    if (typeof item === 'object' && item !== null) {
      console.log(`${indent}${key}`)
      print(item, `${indent}  `)
    } else {
      console.log(`${indent}${key.padEnd(Math.max(1, 32 - indent.length))} ${item}`)
    }
  }
}
