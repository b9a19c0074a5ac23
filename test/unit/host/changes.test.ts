import { describe, expect, test } from 'vitest'
import { realEnv } from '../../../core/env/real.ts'
import { silentLog } from '../../../core/env/silent.ts'
import { type ChangeLog, createChangeLog, type Followed, type Position } from '../../../core/host/changes.ts'

const env = realEnv({ log: silentLog })

function log(kept: number): ChangeLog<string> {
  return createChangeLog<string>(env, kept)
}

async function take(stream: AsyncIterable<Followed<string>>, count: number): Promise<Followed<string>[]> {
  const taken: Followed<string>[] = []
  for await (const item of stream) {
    taken.push(item)
    if (taken.length === count) break
  }
  return taken
}

function texts(items: readonly Followed<string>[]): string[] {
  return items.map((item) => ('change' in item ? item.change : 'reset'))
}

describe('change stream', () => {
  test('catches up without gaps or doubles, then goes on', async () => {
    const changes = log(10)
    const start = changes.position()
    changes.append('a')
    changes.append('b')
    const stream = changes.follow(start)
    expect(texts(await take(stream, 2))).toEqual(['a', 'b'])
    const resumed = take(changes.follow({ epoch: start.epoch, sequence: 1 }), 2)
    changes.append('c')
    expect(texts(await resumed)).toEqual(['b', 'c'])
  })

  test('positions count up by one', async () => {
    const changes = log(10)
    const start = changes.position()
    for (const text of ['a', 'b', 'c']) changes.append(text)
    const items = await take(changes.follow(start), 3)
    expect(items.map(({ position }) => position.sequence)).toEqual([1, 2, 3])
    expect(new Set(items.map(({ position }) => position.epoch))).toEqual(new Set([start.epoch]))
  })

  test('keeps exactly as many as promised', async () => {
    const changes = log(3)
    const start = changes.position()
    for (const text of ['a', 'b', 'c']) changes.append(text)
    expect(texts(await take(changes.follow(start), 3))).toEqual(['a', 'b', 'c'])
    changes.append('d')
    const [first] = await take(changes.follow(start), 1)
    expect(first).toEqual({ position: { epoch: start.epoch, sequence: 4 }, reset: true })
  })

  test.each<[string, Position]>([
    ['another run', { epoch: 'another', sequence: 0 }],
    ['the future', { epoch: '', sequence: 99 }],
  ])('a position of %s starts over', async (_name, position) => {
    const changes = log(10)
    changes.append('a')
    const epoch = position.epoch || changes.position().epoch
    const [first] = await take(changes.follow({ ...position, epoch }), 1)
    expect(first).toEqual({ position: changes.position(), reset: true })
  })

  test('a follower that falls behind while it works is told so', async () => {
    const changes = log(2)
    const stream = changes.follow(changes.position())
    changes.append('a')
    expect((await stream.next()).value).toMatchObject({ change: 'a' })
    for (const text of ['b', 'c', 'd', 'e']) changes.append(text)
    expect((await stream.next()).value).toMatchObject({ reset: true, position: { sequence: 5 } })
    changes.append('f')
    expect((await stream.next()).value).toMatchObject({ change: 'f', position: { sequence: 6 } })
  })

  test('ends with its signal and with the log', async () => {
    const changes = log(10)
    const abort = new AbortController()
    const aborted = changes.follow(changes.position(), abort.signal).next()
    const closed = changes.follow(changes.position()).next()
    abort.abort()
    expect((await aborted).done).toBe(true)
    changes.close()
    expect((await closed).done).toBe(true)
  })
})
