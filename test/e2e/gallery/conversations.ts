import type { Seed } from '../../../bench/seed.ts'
import { addNeighbour, addNeighbours } from './people.ts'
import type { Pictures } from './pictures.ts'

const MINUTE = 60_000

/** What was said in the owner's group since yesterday; the last three messages are unread. */
export function harbourNews(seed: Seed, group: number, pictures: Pictures, now: number): void {
  const who = addNeighbours(seed, group, pictures, now)
  const at = (minutes: number) => now - minutes * MINUTE
  const say = (minutes: number, author: number | undefined, text: string, more: object = {}) =>
    seed.message(group, { text, time: at(minutes), ...(author === undefined ? {} : { author }), ...more })

  say(1560, who.ingrid, 'Does anybody know whether the lower steps at the lighthouse are open again?')
  say(1541, who.hiroshi, 'Since Monday. Slippery, though.')
  const clean = say(
    1490,
    undefined,
    '*Harbour clean-up on Saturday, 10 o’clock, at the old customs house.* Gloves and bags are there, boots are not. Afterwards there is soup, and the choir has promised to sing.',
    { signed: true },
  )
  for (const row of [who.ben, who.cleo, who.emma, who.farid, who.grace, who.hiroshi, who.jose])
    seed.react(clean, row, '👍')
  for (const row of [who.ingrid, who.layla, who.liam]) seed.react(clean, row, '❤')
  say(1482, who.emma, 'I bring the big pots.', { quote: clean })
  say(1475, who.jose, 'And I the bread 🥖')
  say(213, who.grace, 'The 8:40 ferry is cancelled, fog. Next one at 9:10, they say.')
  const cat = say(
    201,
    who.dilan,
    'Has anybody seen a grey cat with one white paw? He answers to Biscuit, when he feels like it. Last seen near Quay Street 14.',
  )
  say(188, who.office, 'There is one asleep on the scales in the harbour office. He weighs 5.2 kg.', { quote: cat })
  const thanks = say(186, who.dilan, 'That’s him. On my way!')
  for (const row of [who.ben, who.cleo, who.farid, who.emma]) seed.react(thanks, row, '😂')
  say(126, undefined, 'Water is off in Quay Street between ten and noon. The town says so: https://example.org/works')
  say(95, who.layla, 'صباح الخير! السوق مفتوح اليوم حتى الثالثة.')
  say(64, who.emma, 'This morning from the pier', { image: pictures.sunset })
  const drill = say(31, who.cleo, 'I can lend a drill until Sunday. Ring at number 9, second floor.')
  say(27, undefined, 'Could I have it tomorrow?', { quote: drill })
  const read = say(24, who.cleo, 'Sure, it’s ready for you.', { editedAt: at(23) })
  say(
    12,
    who.farid,
    'Six places are left on the boat to Heron Island on Sunday. We leave at nine and are back for tea.',
  )
  say(9, who.farid, 'Children under ten ride for free')
  say(4, who.ben, 'Two for us, please!')
  seed.run('UPDATE groups SET read_message = ? WHERE group_id = ?', read, group)
  halfDelivered(seed, group)
  copies(seed, group)
}

/** What others said came through all super-peers that were awake. */
function copies(seed: Seed, group: number): void {
  seed.run(
    `INSERT INTO chat_copies (group_id, shared_msg_id, relay, digest, received_at)
     SELECT m.group_id, m.shared_msg_id, r.member, x'00', m.time + 180 * row_number() OVER (PARTITION BY m.message ORDER BY r.member)
     FROM chat_messages m JOIN group_relays r ON r.group_id = m.group_id
     WHERE m.group_id = ? AND m.sent = 0`,
    group,
  )
}

/** The newest own message waits for the super-peer that is silent. */
function halfDelivered(seed: Seed, group: number): void {
  seed.run(
    `UPDATE chat_deliveries SET state = 'queued'
     WHERE send = (SELECT max(send) FROM chat_sends WHERE group_id = ?)
       AND relay = (SELECT max(member) FROM group_relays WHERE group_id = ?)`,
    group,
    group,
  )
}

interface Line {
  readonly minutes: number
  readonly by?: string
  readonly text: string
  readonly unread?: boolean
}

/** A few lines for a group that is seen in the list. */
export function shortTalk(
  seed: Seed,
  group: number,
  lines: readonly Line[],
  { pictures, now }: { readonly pictures: Pictures; readonly now: number },
): void {
  const authors = new Map<string, number>()
  let read = 0
  for (const { minutes, by, text, unread = false } of lines) {
    if (by !== undefined && !authors.has(by)) {
      authors.set(by, addNeighbour(seed, group, by, pictures, now))
    }
    const author = by === undefined ? undefined : authors.get(by)
    const time = now - minutes * MINUTE
    const message = seed.message(group, { text, time, ...(author === undefined ? {} : { author }) })
    if (!unread) read = message
  }
  seed.run('UPDATE groups SET read_message = ? WHERE group_id = ?', read, group)
}

/** What Ada and Emma said to each other, and how many minutes ago. */
export const EMMA = [
  { minutes: 1523, own: false, text: 'Hi Ada, it’s Emma from the choir. I found your link on the notice board.' },
  { minutes: 1519, own: true, text: 'Emma! Good to have you here. How is the knee?' },
  { minutes: 1517, own: false, text: 'Better every day. I can *almost* run for the ferry again.' },
  { minutes: 141, own: true, text: 'Are the big pots still at your place? There will be soup for sixty on Saturday.' },
  { minutes: 83, own: false, text: 'They are! 20 litres each, they smell a little of last year’s plum jam 🙂' },
  { minutes: 80, own: true, text: 'Perfect. I will help you carry them.' },
  { minutes: 38, own: false, text: 'Half past eight at the crane?' },
  { minutes: 37, own: false, text: 'And bring the key to the customs house, please.' },
] as const
