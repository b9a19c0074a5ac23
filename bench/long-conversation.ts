import { type Seed, seed } from './seed.ts'

/** What neighbours say to each other; of all lengths. */
const SAYINGS = [
  'Good morning!',
  'The ferry is twenty minutes late. Fog.',
  'Has anybody seen a grey cat with a white paw? Answers to Biscuit, sometimes.',
  'Thanks!',
  'The library is open until eight today, and Mrs Okafor reads from her new book at six. Children are welcome, there is cake, and whoever brings a chair of their own makes the caretaker happy.',
  'Water will be off in Quay Street between ten and noon.',
  'Again?',
  'I can lend a drill until Sunday. Just ring at number 14.',
  '*Market day*: apples, honey, smoked fish and the usual bread. The stall with the lamps is back, too.',
  'See https://example.org/timetable for the winter ferry times.',
  'On my way',
  'Whoever parked the blue van in front of the fire station: please move it before somebody needs the fire engine.',
  'ok',
  'We need six people for the harbour clean-up on Saturday. Gloves and bags are there, boots are not. Afterwards there is soup in the old customs house, and the choir has promised to sing.',
  'Count me in.',
  'The lighthouse walk is open again, but the lower steps are slippery.',
] as const

const NAMES = ['Ben Okafor', 'Cleo Marsh', 'Dilan Aydın', 'Emma Lindqvist', 'Farid Nasser', 'Grace Holloway']

/** A conversation of `count` messages, half a minute apart, in the group of a stopped host. The last one says `last`. */
export function seedLongConversation(folder: string, group: number, count: number, last: string): void {
  const began = Date.now() - count * 30_000
  seed(folder, (seeding) => {
    const authors = NAMES.map((name) => seeding.member(group, { name, joinedAt: began, wroteAt: began }))
    for (let index = 0; index < count; index++) {
      say(seeding, group, authors, index, began + index * 30_000, index === count - 1 ? last : undefined)
    }
  })
}

function say(
  seeding: Seed,
  group: number,
  authors: readonly number[],
  index: number,
  time: number,
  last: string | undefined,
): void {
  const text = last ?? `${SAYINGS[(index * 7) % SAYINGS.length]} (${index + 1})`
  // Every seventh is our own.
  const author = index % 7 === 6 ? undefined : authors[(index >> 1) % authors.length]
  const message = seeding.message(group, { text, time, ...(author === undefined ? {} : { author }) })
  if (index % 25 === 0) seeding.react(message, authors[0]!, '👍')
}
