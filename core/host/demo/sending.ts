import type { DemoHost } from './host-process.ts'
import type { MessageBook } from './messages.ts'

export interface Sending {
  readonly writers: readonly DemoHost[]
  /** Each writer's own number of the group. */
  readonly groups: ReadonlyMap<string, number>
  /** Altogether, in turn by each writer. */
  readonly messages: number
  readonly book: MessageBook
  /** Participants that run at present. */
  listening(): ReadonlySet<string>
  /** Called once when a third is sent; what it does goes on while the others send. */
  middle(): Promise<void>
}

/** Sends everything; a writer that is killed goes on when it is back, without saying anything twice. */
export async function sendAll({ writers, groups, messages, book, listening, middle }: Sending): Promise<void> {
  const turn = Math.floor(messages / 3)
  let begun = 0
  let disturbance: Promise<void> | undefined

  async function write(writer: DemoHost, texts: readonly string[]): Promise<void> {
    for (const text of texts) {
      if (begun === turn) disturbance ??= middle()
      begun += 1
      await say(writer, text)
    }
  }

  async function say(writer: DemoHost, text: string): Promise<void> {
    for (;;) {
      await writer.untilUp()
      // Killed between its commit and its answer, the host has it and has announced it.
      if (book.has(writer.name, text)) break
      book.sending(text, listening())
      try {
        await writer.api.messages.send({ group: groups.get(writer.name) ?? 0, text })
        break
      } catch (error) {
        if (writer.up) throw error
      }
    }
    book.sent(text)
  }

  const texts = writers.map((): string[] => [])
  for (let number = 0; number < messages; number += 1) {
    const place = number % writers.length
    texts[place]?.push(book.compose(writers[place]?.name ?? '', number))
  }
  await Promise.all(writers.map((writer, place) => write(writer, texts[place] ?? [])))
  await disturbance
}
