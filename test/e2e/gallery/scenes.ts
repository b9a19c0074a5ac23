import { BEGINNINGS } from './beginnings.ts'
import { CHATS } from './chats.ts'
import { GROUPS } from './groups.ts'
import { MACHINERY } from './machinery.ts'
import type { Scene } from './scene.ts'

/** In this order: some go on where the one before ended. */
export const SCENES: readonly Scene[] = [...BEGINNINGS, ...CHATS, ...GROUPS, ...MACHINERY]
