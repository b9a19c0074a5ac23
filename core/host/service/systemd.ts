import { join } from 'node:path'
import {
  commandOf,
  FINAL_EXIT_CODES,
  inHome,
  SERVICE_NAME,
  SERVICE_TITLE,
  type ServicePlan,
  type ServiceSpec,
  STOP_PATIENCE,
} from './spec.ts'

/** Where systemd keeps the state of a service of this name. */
export const SYSTEM_FOLDER = join('/var/lib', SERVICE_NAME)
const UNIT = `${SERVICE_NAME}.service`

/** The text of a systemd unit. JavaScript engines write code into memory: MemoryDenyWriteExecute has to stay off. */
export function systemdUnit(spec: ServiceSpec): string {
  const system = spec.scope === 'system'
  const lines = [
    '[Unit]',
    `Description=${SERVICE_TITLE}`,
    'After=network-online.target',
    ...(system ? ['Wants=network-online.target'] : []),
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${commandOf(spec).map(quoted).join(' ')}`,
    'ExecReload=kill -HUP $MAINPID',
    'Restart=on-failure',
    'RestartSec=5',
    `RestartPreventExitStatus=${FINAL_EXIT_CODES.join(' ')}`,
    `TimeoutStopSec=${STOP_PATIENCE}`,
    'LimitNOFILE=65536',
    'UMask=0077',
    '',
    ...HARDENING,
    ...(system ? [...SYSTEM_HARDENING, ...account(spec), `ProtectHome=${home(spec)}`] : []),
    '',
    '[Install]',
    `WantedBy=${system ? 'multi-user.target' : 'default.target'}`,
  ]
  return `${lines.join('\n')}\n`
}

/** Rules on system calls: they work for services of a person, too. */
const HARDENING = [
  'NoNewPrivileges=yes',
  'LockPersonality=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'RestrictNamespaces=yes',
  'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallErrorNumber=EPERM',
]

const SYSTEM_HARDENING = [
  'ProtectSystem=strict',
  'ProtectProc=invisible',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'ProtectKernelTunables=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelLogs=yes',
  'ProtectControlGroups=yes',
  'PrivateTmp=yes',
  'PrivateDevices=yes',
  'CapabilityBoundingSet=',
  'RemoveIPC=yes',
]

function account({ account: name, folder }: ServiceSpec): string[] {
  const user = name === undefined ? 'DynamicUser=yes' : `User=${name}`
  if (folder !== SYSTEM_FOLDER) return [user, `ReadWritePaths=${quoted(folder)}`]
  return [user, `StateDirectory=${SERVICE_NAME}`, 'StateDirectoryMode=0700']
}

function home({ node, root, folder }: ServiceSpec): string {
  return inHome(node, root, folder) ? 'read-only' : 'yes'
}

/** An argument as systemd reads it: no specifiers, no variables. */
function quoted(argument: string): string {
  const plain = argument.replace(/%/g, '%%').replace(/\$/g, '$$$$')
  return /^[\w@+=:,./-]+$/.test(plain) ? plain : `"${plain.replace(/[\\"]/g, '\\$&')}"`
}

/** `configHome` is where a person's settings lie. */
export function systemdInstall(spec: ServiceSpec, configHome: string): ServicePlan {
  const system = spec.scope === 'system'
  const systemctl = (...args: string[]): [string, ...string[]] => ['systemctl', ...(system ? [] : ['--user']), ...args]
  return {
    folders: system && spec.folder === SYSTEM_FOLDER ? [] : [spec.folder],
    owner: spec.account,
    files: [{ path: unitPath(spec.scope, configHome), text: systemdUnit(spec) }],
    remove: [],
    // One that runs already takes its new options over.
    commands: [
      { command: systemctl('daemon-reload') },
      { command: systemctl('enable', UNIT) },
      { command: systemctl('restart', UNIT) },
    ],
    notes: [
      `How it is: ${systemctl('status', UNIT).join(' ')}`,
      `What it says: journalctl ${system ? '' : '--user '}-u ${UNIT}`,
      ...(system ? [] : ['It runs while you are signed in; from boot on after: loginctl enable-linger']),
    ],
  }
}

export function systemdUninstall(scope: ServiceSpec['scope'], configHome: string): ServicePlan {
  const systemctl = (...args: string[]): [string, ...string[]] => [
    'systemctl',
    ...(scope === 'system' ? [] : ['--user']),
    ...args,
  ]
  return {
    folders: [],
    files: [],
    commands: [
      { command: systemctl('disable', '--now', UNIT), optional: true },
      { command: systemctl('daemon-reload'), optional: true },
    ],
    remove: [unitPath(scope, configHome)],
    notes: ['The data of the host stays where it is.'],
  }
}

function unitPath(scope: ServiceSpec['scope'], configHome: string): string {
  return scope === 'system' ? join('/etc/systemd/system', UNIT) : join(configHome, 'systemd', 'user', UNIT)
}
