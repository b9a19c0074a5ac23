import { powerMonitor } from 'electron'

export interface PowerEvents {
  /** The machine woke up, or somebody is at it again: connections may be dead without knowing it. */
  woke(): void
  /** The system goes down and waits for us a little. */
  shutdown(): void
}

export function watchPower({ woke, shutdown }: PowerEvents): void {
  powerMonitor.on('resume', woke)
  powerMonitor.on('unlock-screen', woke)
  const monitor: NodeJS.EventEmitter = powerMonitor
  monitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault()
    shutdown()
  })
}
