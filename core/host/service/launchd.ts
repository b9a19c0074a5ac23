import { join } from 'node:path'
import { commandOf, type ServicePlan, type ServiceSpec, STOP_PATIENCE } from './spec.ts'
import { escaped } from './xml.ts'

const LABEL = 'org.hearth.host'

/**
 * The text of a launchd property list. The log goes to a file of the host, since what it says to a terminal may open
 * its interface.
 */
export function launchdPlist(spec: ServiceSpec): string {
  const command = [...commandOf(spec), '--set', `log.file=${logFile(spec)}`]
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${command.map((argument) => `    <string>${escaped(argument)}</string>`).join('\n')}
  </array>
  <key>WorkingDirectory</key>
  <string>${escaped(spec.folder)}</string>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>10</integer>
  <key>ExitTimeOut</key>
  <integer>${STOP_PATIENCE}</integer>
  <key>ProcessType</key>
  <string>Background</string>
  <key>Umask</key>
  <integer>63</integer>
${spec.account === undefined ? '' : `  <key>UserName</key>\n  <string>${escaped(spec.account)}</string>\n`}</dict>
</plist>
`
}

function logFile({ folder }: ServiceSpec): string {
  return join(folder, 'host.log')
}

/** `domain` is launchd's name of the place: `system`, or `gui/501` for a person. */
export function launchdInstall(spec: ServiceSpec, home: string, domain: string): ServicePlan {
  const path = plistPath(spec.scope, home)
  return {
    folders: [spec.folder],
    owner: spec.account,
    files: [{ path, text: launchdPlist(spec) }],
    remove: [],
    commands: [
      { command: ['launchctl', 'bootout', `${domain}/${LABEL}`], optional: true },
      { command: ['launchctl', 'bootstrap', domain, path] },
    ],
    notes: [`How it is: launchctl print ${domain}/${LABEL}`, `What it says: ${logFile(spec)}`],
  }
}

export function launchdUninstall(scope: ServiceSpec['scope'], home: string, domain: string): ServicePlan {
  return {
    folders: [],
    files: [],
    commands: [{ command: ['launchctl', 'bootout', `${domain}/${LABEL}`], optional: true }],
    remove: [plistPath(scope, home)],
    notes: ['The data of the host stays where it is.'],
  }
}

function plistPath(scope: ServiceSpec['scope'], home: string): string {
  const folder = scope === 'system' ? '/Library/LaunchDaemons' : join(home, 'Library', 'LaunchAgents')
  return join(folder, `${LABEL}.plist`)
}
