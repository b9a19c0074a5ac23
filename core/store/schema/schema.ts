import type { AgentSchema } from './agent.ts'
import type { ChatSchema } from './chat.ts'
import type { ContactsSchema } from './contacts.ts'
import type { HostSchema } from './host.ts'
import type { InstanceSchema } from './instance.ts'
import type { SuperPeerSchema } from './superpeer.ts'

/** Every table of a host's database. */
export interface Schema extends AgentSchema, ChatSchema, ContactsSchema, SuperPeerSchema, HostSchema, InstanceSchema {}
