import { existsSync, readdirSync } from 'node:fs'
import { machine } from './machine.ts'

/**
 * `npm run bench -- NAME [--json] [options]`: runs one benchmark of this folder and prints where it ran, its parameters
 * and figures. With --json the last line is one object.
 */
interface Benchmark {
  run(args: readonly string[]): Promise<object>
}

const NAMES = ['crypto', 'ratchet', 'router', 'fanout', 'join', 'limit']

const [name = '', ...rest] = process.argv.slice(2)
const json = rest.includes('--json')
const module = new URL(`./${name}.ts`, import.meta.url)

if (!NAMES.includes(name) || !existsSync(module)) {
  console.error(`usage: npm run bench -- ${NAMES.filter(exists).join('|')} [--json] [options]`)
  process.exitCode = 2
} else {
  const benchmark = (await import(module.href)) as Benchmark
  const result = {
    benchmark: name,
    machine: machine(),
    ...(await benchmark.run(rest.filter((arg) => arg !== '--json'))),
  }
  if (json) console.log(JSON.stringify(result))
  else print(result)
}

function exists(candidate: string): boolean {
  return readdirSync(new URL('.', import.meta.url)).includes(`${candidate}.ts`)
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
