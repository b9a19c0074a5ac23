import { useRef } from 'react'
import type { Failure } from '../../host/errors.ts'
import { callsOf } from '../../state/chat-calls.ts'
import type { Chat, ChatMessage } from '../../state/chats.ts'
import { useCall } from '../../ui/call.ts'
import { type Mentioned, mentionsIn } from './mentions.ts'

/** What the next text will do beside being said. */
export interface Intent {
  readonly kind: 'reply' | 'edit'
  readonly message: ChatMessage
  /** Of an edit that the host did not take. */
  readonly text?: string
}

/** A message as its person left it to be sent. */
export interface Written {
  readonly intent: Intent | undefined
  readonly text: string
  readonly image: string | undefined
  readonly mentioned: Mentioned
}

interface Sending {
  readonly failure: Failure | undefined
  send(written: Written): Promise<void>
  clear(): void
}

/**
 * Hands messages to the host one after the other, in the order in which they were written. After a failure none of those
 * that waited is sent: all of them go to `takeBack`, and `failure` says why.
 */
export function useSending(chat: Chat, takeBack: (unsent: readonly Written[]) => void): Sending {
  const { failure, run, clear } = useCall()
  const waiting = useRef<Written[]>([])
  const back = useRef(takeBack)
  back.current = takeBack

  async function send(written: Written): Promise<void> {
    waiting.current.push(written)
    if (waiting.current.length > 1) return
    for (let next = waiting.current[0]; next !== undefined; next = waiting.current[0]) {
      const message = next
      if (!(await run(() => perform(chat, message)))) return back.current(waiting.current.splice(0))
      waiting.current.shift()
    }
  }

  return { failure, send, clear }
}

function perform(chat: Chat, { intent, text, image, mentioned }: Written): Promise<unknown> {
  const calls = callsOf(chat.ref)
  if (intent?.kind === 'edit') return calls.edit(intent.message.id, text)
  const mentions = mentionsIn(text, mentioned)
  return calls.send({
    text,
    ...(image === undefined ? {} : { image }),
    ...(intent === undefined ? {} : { quote: intent.message.id }),
    ...(mentions.length === 0 ? {} : { mentions }),
  })
}
