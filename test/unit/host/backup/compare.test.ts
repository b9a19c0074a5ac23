import { describe, expect, test } from 'vitest'
import { compareMark, type Known } from '../../../../core/host/instance/compare.ts'
import type { MarkContent } from '../../../../core/host/instance/mark.ts'
import { heldInWords } from '../../../../core/host/instance/view.ts'

const id = (byte: number): Uint8Array => new Uint8Array(16).fill(byte)

const known: Known = { instance: id(1), claim: 2, run: 5, runId: id(5), nextRunId: id(6) }

function found(values: Partial<MarkContent>): MarkContent {
  return { instance: id(1), claim: 2, run: 5, runId: id(5), at: 0, ...values }
}

describe('what a mark says to a database', () => {
  test.each([
    ['the last run', {}, 'same'],
    ['a run that was being written when the process ended', { run: 6, runId: id(6) }, 'next'],
    ['an earlier run: the router went back', { run: 4, runId: id(4) }, 'older'],
    ['a lower claim of somebody else', { claim: 1, instance: id(9), run: 80 }, 'older'],
    ['the same run of another process', { runId: id(7) }, 'later'],
    ['a run after the last, not ours', { run: 6, runId: id(7) }, 'later'],
    ['our next id at another number', { run: 7, runId: id(6) }, 'later'],
    ['many runs after', { run: 60, runId: id(8) }, 'later'],
    ['a higher claim', { claim: 3, instance: id(9), run: 1 }, 'foreign'],
    ['the same claim of somebody else', { instance: id(9) }, 'foreign'],
  ] as const)('%s', (_, values, expected) => {
    expect(compareMark(found(values), known)).toBe(expected)
  })

  test('without a run being written', () => {
    expect(compareMark(found({ run: 6, runId: id(6) }), { ...known, nextRunId: undefined })).toBe('later')
  })
})

test('every reason is put in words', () => {
  const reasons = [
    'checking',
    'running',
    'moved-on',
    'quiet',
    'copied',
    'superseded',
    'unreachable',
    undefined,
  ] as const
  const times = { backupCreatedAt: 1, restoredAt: 2, otherAt: 3, checkedAt: 4 }
  const texts = reasons.map((held) => heldInWords({ held, ...times }, (at) => `time ${at}`))
  expect(new Set(texts).size).toBe(reasons.length)
  for (const [index, held] of reasons.entries())
    if (held !== undefined) expect(texts[index]).toMatch(/sends nothing|Nothing is sent/)
})
