import type { AgentSchema } from './agent.ts'
import type { ChatSchema } from './chat.ts'

/** Every table of a host's database. */
export interface Schema extends AgentSchema, ChatSchema {}
