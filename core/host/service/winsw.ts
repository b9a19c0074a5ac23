import { win32 } from 'node:path'
import { commandOf, SERVICE_NAME, SERVICE_TITLE, type ServicePlan, type ServiceSpec, STOP_PATIENCE } from './spec.ts'
import { escaped } from './xml.ts'

/**
 * The configuration of WinSW, the service wrapper: Windows starts only programs that speak its service protocol. WinSW
 * ends the host with Ctrl-C, which is an orderly stop.
 */
export function winswConfiguration(spec: ServiceSpec): string {
  const [node = '', ...args] = [...commandOf(spec), '--set', `log.file=${win32.join(spec.folder, 'host.log')}`]
  return `<service>
  <id>${SERVICE_NAME}</id>
  <name>${SERVICE_TITLE}</name>
  <description>Serves and keeps public groups without a window.</description>
  <executable>${escaped(node)}</executable>
  <arguments>${escaped(args.map(quoted).join(' '))}</arguments>
  <workingdirectory>${escaped(spec.folder)}</workingdirectory>
  <startmode>Automatic</startmode>
  <delayedAutoStart>true</delayedAutoStart>
  <onfailure action="restart" delay="10 sec"/>
  <onfailure action="restart" delay="60 sec"/>
  <resetfailure>1 hour</resetfailure>
  <stoptimeout>${STOP_PATIENCE} sec</stoptimeout>
  <log mode="none"/>
</service>
`
}

/** As the C runtime splits a command line. */
function quoted(argument: string): string {
  if (/^[^\s"]+$/.test(argument)) return argument
  return `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, '$&$&')}"`
}

function configurationPath(folder: string): string {
  return win32.join(folder, 'hearth-service.xml')
}

export function winswInstall(spec: ServiceSpec): ServicePlan {
  const path = configurationPath(spec.folder)
  return {
    folders: [spec.folder],
    files: [{ path, text: winswConfiguration(spec) }],
    remove: [],
    commands: [],
    notes: [
      'Windows needs WinSW to run it as a service. With winsw.exe at hand, as administrator:',
      `  winsw install "${path}"`,
      `  winsw start "${path}"`,
    ],
  }
}

export function winswUninstall(folder: string): ServicePlan {
  const path = configurationPath(folder)
  return {
    folders: [],
    files: [],
    remove: [],
    commands: [],
    notes: [
      'As administrator:',
      `  winsw stop "${path}"`,
      `  winsw uninstall "${path}"`,
      'Then delete the file. The data of the host stays.',
    ],
  }
}
