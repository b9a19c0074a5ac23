import { execFile } from 'node:child_process'
import { AUTOSTART } from '../launch.ts'

/** Inside a Flatpak the system's portal asks the person and writes the entry outside. */
export function setFlatpakAutostart(enabled: boolean, reason: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('gdbus', portalCall(enabled, reason), (error) => (error === null ? resolve() : reject(error)))
  })
}

/** Arguments of gdbus; the options are a GVariant dictionary. */
export function portalCall(enabled: boolean, reason: string): string[] {
  const options = `{'reason': <${text(reason)}>, 'autostart': <${enabled}>, 'commandline': <['hearth', '${AUTOSTART}']>}`
  return [
    'call',
    '--session',
    '--dest=org.freedesktop.portal.Desktop',
    '--object-path=/org/freedesktop/portal/desktop',
    '--method=org.freedesktop.portal.Background.RequestBackground',
    '',
    options,
  ]
}

function text(value: string): string {
  return `'${value.replace(/[\\']/g, '\\$&')}'`
}
