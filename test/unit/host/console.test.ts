import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AgentEvent } from '../../../core/agent/api.ts'
import { utf8 } from '../../../core/codec/bytes.ts'
import { HearthError } from '../../../core/codec/error.ts'
import { eventLines } from '../../../core/host/console/events.ts'
import { lineSplitter } from '../../../core/host/console/lines.ts'
import { bytesField, numberField, parseRequest, textField } from '../../../core/host/console/request.ts'
import { openShownRecord } from '../../../core/host/console/shown.ts'

describe('lines of the console', () => {
  function split(chunks: readonly string[], limit = 100): string[] {
    const lines: string[] = []
    const splitter = lineSplitter(
      limit,
      (text) => lines.push(text),
      () => lines.push('(too long)'),
    )
    for (const chunk of chunks) splitter.push(utf8(chunk))
    splitter.end()
    return lines
  }

  test('are put together from any chunks', () => {
    expect(split(['one\ntw', 'o\n', '\n', 'thr', 'ee'])).toEqual(['one', 'two', 'three'])
  })

  test('may have letters cut in half', () => {
    const bytes = utf8('größe\n')
    const lines: string[] = []
    const splitter = lineSplitter(
      100,
      (text) => lines.push(text),
      () => {},
    )
    for (const byte of bytes) splitter.push(Uint8Array.of(byte))
    expect(lines).toEqual(['größe'])
  })

  test('that are too long are refused without being kept', () => {
    expect(split(['a'.repeat(60), 'a'.repeat(60), '\nnext\n'])).toEqual(['(too long)', 'next'])
  })
})

describe('requests of the console', () => {
  function codeOf(work: () => unknown): string {
    try {
      work()
    } catch (error) {
      if (error instanceof HearthError) return `${error.kind} ${error.code}`
      throw error
    }
    throw new Error('nothing was refused')
  }

  test('have an id, a verb and fields', () => {
    const request = parseRequest('{"id":7,"do":"send","conn":"12","body":"aGVsbG8"}')
    expect(request).toMatchObject({ id: 7, verb: 'send' })
    expect(numberField(request, 'conn')).toBe(12)
    expect(bytesField(request, 'body')).toEqual(utf8('hello'))
  })

  test('give bytes padded or not, or not at all', () => {
    const request = parseRequest('{"do":"join","link":"l","padded":"aGVsbG8=","plain":"aGVsbG8"}')
    expect(bytesField(request, 'padded')).toEqual(bytesField(request, 'plain'))
    expect(bytesField(request, 'info')).toEqual(new Uint8Array())
    expect(textField(request, 'link')).toBe('l')
  })

  test.each(['', 'no', '[]', '3', 'null', '"text"'])('refuse %j', (line) => {
    expect(codeOf(() => parseRequest(line))).toBe('usage syntax')
  })

  test('refuse fields of another form', () => {
    const request = parseRequest('{"do":"send","conn":1.5,"body":"?","link":4}')
    expect(codeOf(() => numberField(request, 'conn'))).toBe('usage field')
    expect(codeOf(() => numberField(request, 'absent'))).toBe('usage field')
    expect(codeOf(() => bytesField(request, 'body'))).toBe('usage field')
    expect(codeOf(() => textField(request, 'link'))).toBe('usage field')
  })
})

describe('events of the console', () => {
  test('carry their bytes as padded base64url', () => {
    const event: AgentEvent = {
      type: 'MSG',
      conn: 3,
      message: 8,
      brokerTime: Date.UTC(2026, 0, 2, 3, 4, 5),
      integrity: { type: 'skipped', from: 2, to: 4 },
      body: utf8('hello'),
      repeated: false,
    }
    expect(eventLines(event)).toEqual([
      {
        event: 'MSG',
        conn: 3,
        msgId: 8,
        body: 'aGVsbG8=',
        brokerTime: '2026-01-02T03:04:05.000Z',
        integrity: 'skipped',
        integrityDetail: { from: 2, to: 4 },
        repeated: false,
      },
    ])
  })

  test('of many connections become one line for each', () => {
    expect(eventLines({ type: 'DOWN', router: 'smp://x', conns: [1, 2] })).toEqual([
      { event: 'DOWN', conn: 1, router: 'smp://x' },
      { event: 'DOWN', conn: 2, router: 'smp://x' },
    ])
  })
})

describe('record of shown messages', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hearth-shown-'))
    path = join(folder, 'console-shown')
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('remembers the last message of each connection across restarts', () => {
    const before = openShownRecord(path)
    before.add(1, 5)
    before.add(2, 9)
    before.add(1, 6)
    before.close()
    const after = openShownRecord(path)
    expect([after.has(1, 5), after.has(1, 6), after.has(1, 7), after.has(2, 9), after.has(3, 1)]).toEqual([
      true,
      true,
      false,
      true,
      false,
    ])
    after.close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('survives a line that was cut off, and stays small', () => {
    const first = openShownRecord(path)
    for (let message = 1; message <= 10_500; message += 1) first.add(1, message)
    first.close()
    expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(600)
    appendFileSync(path, '1 10')
    const second = openShownRecord(path)
    expect(second.has(1, 10_500)).toBe(true)
    expect(second.has(1, 10_501)).toBe(false)
    second.close()
  })
})
