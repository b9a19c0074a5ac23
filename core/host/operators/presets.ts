import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { HearthError } from '../../codec/error.ts'
import type { Log } from '../../env/env.ts'
import { parseRouterAddress, type RouterAddress } from '../../smp/address.ts'
import type { RouterPreset } from '../contract/types.ts'
import { pathIn, readIfPresent } from '../files.ts'

/**
 * Who runs routers and super-peers that come with the program (chat §8). The shipped file is `presets.json`; a file
 * `operators.json` of the same form in the host's folder takes its place, so that the list can be newer than the program.
 */
const routerText = z.string().max(1024).refine(isRouterAddress, 'not a router address')

const presetsSchema = z.object({
  /** Day of the information. */
  updated: z.string(),
  operators: z
    .array(
      z.object({
        id: z.string().regex(/^[a-z0-9-]{1,32}$/),
        name: z.string().min(1).max(100),
        legalName: z.string().max(200).exactOptional(),
        website: z.url({ protocol: /^https$/ }).exactOptional(),
        domains: z.array(z.string().max(253)).max(16),
        /** Who they are, in one sentence for each language. */
        about: z.record(z.string().max(8), z.string().max(500)),
        /** A picture as a data URI. */
        image: z.string().startsWith('data:').max(16_000).exactOptional(),
        enabled: z.boolean().default(true),
        /** How many of their super-peers are suggested for a new group. */
        preselected: z.number().int().min(0).max(8),
        superPeers: z
          .array(
            z.object({
              name: z.string().min(1).max(100),
              address: z.string().min(1).max(4096),
              enabled: z.boolean().default(true),
            }),
          )
          .max(64),
        routers: z
          .array(
            z.object({
              address: routerText,
              /** New queues are made there. */
              enabled: z.boolean().default(true),
              /** Only to complete short links that leave out their router (chat §8.2). */
              linksOnly: z.boolean().default(false),
            }),
          )
          .max(256),
      }),
    )
    .max(64),
})

export type Presets = z.output<typeof presetsSchema>

let shipped: Presets | undefined

function shippedPresets(): Presets {
  shipped ??= readPresets(readFileSync(new URL('./presets.json', import.meta.url), 'utf8'))
  return shipped
}

/** Errors: usage `operators`. */
export function readPresets(text: string): Presets {
  try {
    return presetsSchema.parse(JSON.parse(text))
  } catch (error) {
    throw new HearthError('usage', 'operators', 'the list of operators cannot be read', false, { cause: error })
  }
}

/** The list in the host's folder, else the shipped one; a damaged file is reported and has no effect. */
export function presetsOf(folder: string, log: Log): Presets {
  try {
    const own = readIfPresent(pathIn(folder, 'operators'))
    return own === undefined ? shippedPresets() : readPresets(own)
  } catch (error) {
    log.warn('operators', { error: error instanceof Error ? error.message : String(error) })
    return shippedPresets()
  }
}

/** All routers of the list, in use or not: short links may leave out what is known of them. */
export function presetRouters({ operators }: Presets): RouterAddress[] {
  return operators.flatMap(({ routers }) => routers.map(({ address }) => parseRouterAddress(address)))
}

/** Routers on which queues can be made. */
export function selectableRouters({ operators }: Presets): RouterPreset[] {
  return operators.flatMap(({ name, enabled: inUse, routers }) =>
    routers
      .filter(({ linksOnly }) => !linksOnly)
      .map(({ address, enabled }) => ({ operator: name, address, enabled: inUse && enabled })),
  )
}

function isRouterAddress(text: string): boolean {
  try {
    parseRouterAddress(text, 'refused')
    return true
  } catch {
    return false
  }
}
