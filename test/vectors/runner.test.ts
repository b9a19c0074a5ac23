import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runVectors } from './runner.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-vectors-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function write(file: string, content: unknown): void {
  writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content))
}

async function run() {
  const lines: string[] = []
  return { counts: await runVectors(folder, (line) => lines.push(line)), lines }
}

const version = { name: 'Version', value: 7, hex: '0007', str: '7' }

test('other values pass, damaged ones fail, whatever the file is called', async () => {
  write('any.json', {
    topic: 'primitive SMP and string encodings, versions, servers, hosts',
    vectors: [version, { ...version, hex: '0008' }, { ...version, value: 8 }, { ...version, str: '8' }],
  })
  const { counts, lines } = await run()
  expect(counts).toEqual({ passed: 1, failed: 3, skipped: 0 })
  expect(lines.at(-1)).toBe('1 passed, 3 failed, 0 skipped')
  expect(lines.slice(0, -1).map((line) => line.slice(0, 28))).toEqual([
    'FAILED any.json #1 "Version"',
    'FAILED any.json #2 "Version"',
    'FAILED any.json #3 "Version"',
  ])
})

test('what is unknown fails: records without a handler, without a name, of another form', async () => {
  write('encoding.json', {
    topic: 'another',
    vectors: [{ name: 'Versio' }, { note: 'no name' }, null, 'text', version],
  })
  write('strange.json', { topic: 'unknown', vectors: [version] })
  const { counts, lines } = await run()
  expect(counts).toEqual({ passed: 1, failed: 5, skipped: 0 })
  expect(lines.filter((line) => line.includes('unknown record name'))).toHaveLength(2)
})

test('files that hold no vectors fail, and the others are checked all the same', async () => {
  write('a.json', '{')
  write('b.json', { vectors: [] })
  write('c.json', 'null')
  write('encoding.json', { topic: 'another', vectors: [version] })
  write('README.md', 'not looked at')
  const { counts, lines } = await run()
  expect(counts).toEqual({ passed: 1, failed: 3, skipped: 0 })
  expect(lines.map((line) => line.split('\n')[0]?.slice(0, 13))).toEqual([
    'FAILED a.json',
    'FAILED b.json',
    'FAILED c.json',
    '1 passed, 3 f',
  ])
})

test('every record of our own files fails when the hash or the bytes that it holds are damaged', async () => {
  const { vectors, topic } = JSON.parse(readFileSync(join(import.meta.dirname, 'crypto.json'), 'utf8'))
  const outputs = ['signature', 'secret', 'ciphertext', 'authenticator', 'sha3_384', 'out', 'cbNonce'] as const
  const damaged = vectors.flatMap((record: Record<string, unknown>) => {
    const field = outputs.find((name) => typeof record[name] === 'string' && record[name] !== '')
    if (field === undefined) return record.name === 'keys' || String(record.name).startsWith('key ') ? [record] : []
    const value = String(record[field])
    return [{ ...record, [field]: `${value.slice(0, -1)}${value.endsWith('0') ? '1' : '0'}` }]
  })
  write('crypto.json', { topic, vectors: damaged })
  const { counts } = await run()
  const keys = damaged.filter(({ name }: { name: string }) => name.startsWith('key '))
  expect(counts.passed).toBe(keys.length)
  expect(counts.failed).toBeGreaterThan(40)
})
