import { z } from 'zod'
import { CodecError, HearthError } from '../codec/error.ts'
import { parseRouterAddress } from '../smp/address.ts'
import { LOG_LEVELS } from './log.ts'
import { isLoopback } from './loopback.ts'

/** Everything that can be set about a host, in one place: `hearth config` prints it, docs/configuration.md holds it. */
interface Setting<T extends z.ZodType = z.ZodType> {
  readonly schema: T
  readonly default: z.output<T>
  readonly meaning: string
  readonly unit?: string
  /** A running host takes the change over after a restart only. */
  readonly restart: boolean
}

function setting<T extends z.ZodType>(definition: Setting<T>): Setting<T> {
  return definition
}

const MEBIBYTE = 1024 * 1024

const routerAddress = z.string().superRefine((text, context) => {
  try {
    parseRouterAddress(text)
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    context.addIssue({ code: 'custom', message: 'not a router address (smp://fingerprint@host:port)' })
  }
})

export const SETTINGS = {
  routers: setting({
    schema: z.array(routerAddress).max(64),
    default: [],
    meaning: 'Routers where this host makes its queues. Where the list is empty, the embedded router runs and is used.',
    restart: true,
  }),
  'router.enabled': setting({
    schema: z.boolean(),
    default: false,
    meaning: 'Run the embedded router inside this host. It runs in any case where `routers` names none.',
    restart: true,
  }),
  'router.host': setting({
    schema: z.string().min(1).max(253),
    default: '127.0.0.1',
    meaning:
      'Name or address under which others reach the embedded router; it is written into every link. With a loopback ' +
      'address the router listens on this machine only.',
    restart: true,
  }),
  'router.port': setting({
    schema: z.number().int().min(0).max(65535),
    default: 0,
    meaning: 'Port of the embedded router. 0 takes a free one at the first start and keeps it.',
    restart: true,
  }),
  'agent.encryptionThreads': setting({
    schema: z.number().int().min(0).max(64),
    default: 1,
    meaning: 'Threads that encrypt messages to many members at once. 0 encrypts in the main thread.',
    restart: true,
  }),
  'superPeer.maxGroups': setting({
    schema: z.number().int().min(1).max(1_000_000),
    default: 1000,
    meaning: 'Groups that a super-peer serves at the same time; further invitations wait for a person.',
    restart: true,
  }),
  'superPeer.maxMembers': setting({
    schema: z.number().int().min(1).max(10_000_000),
    default: 100_000,
    meaning: 'Members of one group that a super-peer serves; further joins are refused.',
    restart: true,
  }),
  'superPeer.retentionDays': setting({
    schema: z.number().int().min(1).max(3650),
    default: 30,
    meaning: 'What a member misses while away is kept this long.',
    unit: 'days',
    restart: true,
  }),
  'superPeer.retentionMegabytes': setting({
    schema: z
      .number()
      .int()
      .min(16)
      .max(1024 * 1024),
    default: 2048,
    meaning: 'What is kept for members who are away, all groups together; the oldest goes first.',
    unit: 'MiB',
    restart: true,
  }),
  'superPeer.memberRate': setting({
    schema: z.number().int().min(1).max(1_000_000),
    default: 60,
    meaning: 'Messages that one member may send in the long run; more are slowed down, never lost.',
    unit: 'messages per minute',
    restart: true,
  }),
  'superPeer.memberBurst': setting({
    schema: z.number().int().min(1).max(1_000_000),
    default: 120,
    meaning: 'Messages that one member may send at once before the rate above slows them down.',
    unit: 'messages',
    restart: true,
  }),
  'statistics.enabled': setting({
    schema: z.boolean(),
    default: true,
    meaning: 'Count members, messages and writers of own groups by the hour. The figures stay on this host.',
    restart: false,
  }),
  'superPeer.uplink': setting({
    schema: z.number().min(0).max(1_000_000),
    default: 0,
    meaning: 'What this machine can send; used only to estimate how long one message takes to everybody. 0: not known.',
    unit: 'Mbit/s',
    restart: false,
  }),
  'api.listen': setting({
    schema: z.string().min(1).max(253),
    default: '127.0.0.1',
    meaning: 'Address on which the local API listens. Anything but a loopback address needs api.behindProxy.',
    restart: true,
  }),
  'api.port': setting({
    schema: z.number().int().min(0).max(65535),
    default: 0,
    meaning:
      'Port of the local API and the interface. 0 takes a free one at the first start and keeps it while it can; the ' +
      'file api-address names it.',
    restart: true,
  }),
  'api.behindProxy': setting({
    schema: z.boolean(),
    default: false,
    meaning: 'A proxy with TLS stands before the API; allows other than loopback addresses in api.listen.',
    restart: true,
  }),
  'api.hosts': setting({
    schema: z.array(z.string().min(1).max(260)).max(16),
    default: [],
    meaning:
      'Further values of the Host header that the API answers, such as the name of the proxy (name or name:port).',
    restart: true,
  }),
  'api.requestsPerSecond': setting({
    schema: z.number().int().min(1).max(100_000),
    default: 500,
    meaning: 'Requests of one API client are read at this rate; more wait in the client.',
    unit: 'requests per second',
    restart: true,
  }),
  'api.frameLimit': setting({
    schema: z
      .number()
      .int()
      .min(1024)
      .max(64 * MEBIBYTE),
    default: MEBIBYTE,
    meaning: 'An API client that sends a larger frame is disconnected.',
    unit: 'bytes',
    restart: true,
  }),
  'api.outputLimit': setting({
    schema: z
      .number()
      .int()
      .min(65536)
      .max(1024 * MEBIBYTE),
    default: 8 * MEBIBYTE,
    meaning: 'An API client that leaves more than this unread is disconnected.',
    unit: 'bytes',
    restart: true,
  }),
  'api.clients': setting({
    schema: z.number().int().min(1).max(1000),
    default: 32,
    meaning: 'API clients at the same time.',
    restart: true,
  }),
  'backup.everyHours': setting({
    schema: z.number().int().min(0).max(8760),
    default: 24,
    meaning: 'Time between two backups on schedule, once a passphrase for backups is set. 0: none on schedule.',
    unit: 'hours',
    restart: false,
  }),
  'backup.folder': setting({
    schema: z.string().max(4096),
    default: '',
    meaning: "Where backups on schedule go; best on another disk. Empty: the folder backups in the host's own folder.",
    restart: false,
  }),
  'backup.keep': setting({
    schema: z.number().int().min(1).max(1000),
    default: 7,
    meaning: 'Backups on schedule that are kept; the oldest of this host goes first.',
    restart: false,
  }),
  'backup.media': setting({
    schema: z.boolean(),
    default: true,
    meaning: 'Backups hold the pictures in messages, too.',
    restart: false,
  }),
  'changes.kept': setting({
    schema: z.number().int().min(100).max(1_000_000),
    default: 10_000,
    meaning: 'Changes kept in memory for clients that come back after a lost connection.',
    unit: 'changes',
    restart: true,
  }),
  'log.level': setting({
    schema: z.enum(LOG_LEVELS),
    default: 'info',
    meaning: 'Least important events that are logged: debug, info, warn, error or silent.',
    restart: false,
  }),
  'log.file': setting({
    schema: z.string().max(4096),
    default: '',
    meaning:
      'File that the log is appended to; empty: standard error. At 8 MiB a new one is begun, and the one before stays ' +
      'beside it as `….1`.',
    restart: true,
  }),
} satisfies Record<string, Setting>

export type SettingName = keyof typeof SETTINGS

export type Configuration = { readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['schema']> }

export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[]

export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name)
}

/**
 * Settings from the text of a configuration file (a JSON object, or nothing) and, above them, from `overrides`.
 * Errors: usage `configuration` with every mistake in its message.
 */
export function readConfiguration(text: string | undefined, overrides: Readonly<Record<string, unknown>> = {}) {
  const given = { ...parseObject(text), ...overrides }
  const mistakes: string[] = []
  const values: Record<string, unknown> = {}
  for (const name of SETTING_NAMES) values[name] = SETTINGS[name].default
  for (const [name, value] of Object.entries(given)) {
    if (!isSettingName(name)) {
      mistakes.push(`there is no setting "${name}"${suggestion(name)}`)
      continue
    }
    const result = SETTINGS[name].schema.safeParse(value)
    if (result.success) values[name] = result.data
    else mistakes.push(`"${name}": ${result.error.issues.map((issue) => issue.message).join('; ')}`)
  }
  const configuration = values as Configuration
  const listen = configuration['api.listen']
  if (!isLoopback(listen) && !configuration['api.behindProxy']) {
    mistakes.push(`"api.listen": on ${listen} only behind a proxy with TLS: add --behind-proxy ("api.behindProxy")`)
  }
  if (mistakes.length > 0) throw new HearthError('usage', 'configuration', mistakes.join('\n'))
  return configuration
}

/** Names of the settings whose values differ. */
export function changedSettings(before: Configuration, after: Configuration): SettingName[] {
  return SETTING_NAMES.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}

function parseObject(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined || text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new HearthError('usage', 'configuration', 'the configuration is not JSON', false, { cause: error })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HearthError('usage', 'configuration', 'the configuration is not a JSON object')
  }
  return value as Record<string, unknown>
}

/** Most mistakes are a wrong prefix or case. */
function suggestion(name: string): string {
  const last = name.split('.').at(-1)?.toLowerCase()
  const near = SETTING_NAMES.find((known) => known.split('.').at(-1)?.toLowerCase() === last)
  return near === undefined ? '; hearth config lists them' : `; is it "${near}"?`
}

/** The text of docs/configuration.md. */
export function describeConfiguration(): string {
  const lines = [
    '# Configuration',
    '',
    'This page is printed by `npm run -s hearth -- config`.',
    '',
    'A host reads `config.json` in its folder: one JSON object whose names are the settings below, for example',
    '`{"log.level": "debug", "router.enabled": true}`. Settings that are not in the file have their defaults; options of',
    'the command line stand above the file. A name that is not listed here is refused.',
    '',
  ]
  for (const name of SETTING_NAMES) {
    const definition: Setting = SETTINGS[name]
    const unit = definition.unit === undefined ? '' : ` (${definition.unit})`
    const change = definition.restart ? 'after a restart' : 'at once, on SIGHUP or through the API'
    lines.push(
      `## \`${name}\``,
      '',
      definition.meaning,
      '',
      `- Value: ${valueText(definition.schema)}${unit}`,
      `- Default: \`${JSON.stringify(definition.default)}\``,
      `- A change takes effect: ${change}`,
      '',
    )
  }
  return `${lines.join('\n').trimEnd()}\n`
}

/** Of the settings that are numbers. */
export function settingRanges(): Record<string, { readonly min: number; readonly max: number }> {
  const ranges: Record<string, { readonly min: number; readonly max: number }> = {}
  for (const name of SETTING_NAMES) {
    const { minimum: min, maximum: max } = z.toJSONSchema(SETTINGS[name].schema) as JsonSchema
    if (min !== undefined && max !== undefined) ranges[name] = { min, max }
  }
  return ranges
}

interface JsonSchema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: JsonSchema
}

function valueText(schema: z.ZodType): string {
  return describeSchema(z.toJSONSchema(schema) as JsonSchema)
}

function describeSchema(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ')
  if (schema.type === 'array') return `list of: ${describeSchema(schema.items ?? {})}`
  if (schema.type === 'number') return `number, ${schema.minimum} to ${schema.maximum}`
  if (schema.type === 'integer') return `whole number, ${schema.minimum} to ${schema.maximum}`
  return schema.type ?? 'any'
}
