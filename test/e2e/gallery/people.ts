import type { Seed } from '../../../bench/seed.ts'
import type { Pictures } from './pictures.ts'

/** Who takes part in the neighbourhood's groups. */
interface Neighbour {
  readonly name: string
  readonly picture?: keyof Pictures
  readonly role?: string
  /** Minutes since the last message. */
  readonly wrote?: number
}

const NEIGHBOURS = {
  ben: { name: 'Ben Okafor', picture: 'ben', role: 'admin', wrote: 4 },
  cleo: { name: 'Cleo Marsh', picture: 'cleo', role: 'moderator', wrote: 31 },
  dilan: { name: 'Dilan Aydın', wrote: 12 },
  emma: { name: 'Emma Lindqvist', picture: 'emma', wrote: 64 },
  farid: { name: 'Farid Nasser', picture: 'farid', wrote: 9 },
  grace: { name: 'Grace Holloway', picture: 'grace', role: 'moderator', wrote: 180 },
  hiroshi: { name: 'Hiroshi Tanaka', picture: 'hiroshi', wrote: 1300 },
  ingrid: { name: 'Ingrid Solberg', wrote: 1500 },
  jose: { name: 'José Almeida', wrote: 3200 },
  layla: { name: 'ليلى حداد', wrote: 95 },
  office: { name: 'Maximiliane von der Wettern-Hohenstein, Harbour Office Night', wrote: 2700 },
  kateryna: { name: 'Kateryna Bondar', wrote: 5200 },
  liam: { name: 'Liam O’Donnell', wrote: 8900 },
  mina: { name: 'Mina Park', wrote: 11_000 },
  nils: { name: 'Nils', wrote: 20_000 },
} as const satisfies Record<string, Neighbour>

export type Known = Readonly<Record<keyof typeof NEIGHBOURS, number>>

const MINUTE = 60_000

/** Adds them to a group; their rows by name. */
export function addNeighbours(seed: Seed, group: number, pictures: Pictures, now: number): Known {
  const rows = Object.entries<Neighbour>(NEIGHBOURS).map(([key, { name, picture, role, wrote }]) => {
    const row = seed.member(group, {
      name,
      joinedAt: now - 40 * 1440 * MINUTE,
      ...(picture === undefined ? {} : { image: pictures[picture] }),
      ...(role === undefined ? {} : { role }),
      ...(wrote === undefined ? {} : { wroteAt: now - wrote * MINUTE }),
    })
    return [key, row] as const
  })
  return Object.fromEntries(rows) as Known
}

/** One who takes part in another group, as everybody knows them. */
export function addNeighbour(seed: Seed, group: number, name: string, pictures: Pictures, now: number): number {
  const picture = Object.values<Neighbour>(NEIGHBOURS).find((neighbour) => neighbour.name === name)?.picture
  return seed.member(group, {
    name,
    joinedAt: now - 90 * 1440 * MINUTE,
    wroteAt: now,
    ...(picture === undefined ? {} : { image: pictures[picture] }),
  })
}
