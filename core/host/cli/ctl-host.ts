import { Command } from 'commander'
import { lazily } from './lazily.ts'

export function hostVerbs(): Command[] {
  return [
    new Command('status').description('how the host is').action(
      lazily(async ({ api, print }) => {
        print(await api.host.status(), (status) =>
          [
            `version       ${status.version}`,
            `running since ${new Date(status.startedAt).toISOString()}`,
            `groups        ${status.groups}`,
            `connections   ${status.connections.subscribed} of ${status.connections.total} subscribed`,
            `waiting       ${status.connections.pendingMessages} messages`,
            `memory        ${Math.round(status.memory / 1048576)} MiB`,
            `database      ${Math.round(status.databaseSize / 1024)} KiB`,
            ...status.routers.map(({ address, connected }) => {
              return `router        ${address} ${connected === undefined ? '' : connected ? '(connected)' : '(away)'}`
            }),
          ].join('\n'),
        )
      }),
    ),
    new Command('sign-in').description('a link that opens the interface in a browser, once, within 15 minutes').action(
      lazily(async ({ api, print }) => {
        print(await api.sessions.signIn({}), ({ link }) => link)
      }),
    ),
    new Command('browsers').description('browsers that are signed in').action(
      lazily(async ({ api, print }) => {
        for (const session of await api.sessions.list({})) {
          print(session, ({ id, browser, lastUsed }) => {
            return `${id}  ${browser || 'unknown browser'}, last used ${new Date(lastUsed).toISOString()}`
          })
        }
      }),
    ),
    new Command('sign-out')
      .description('end the session of a browser')
      .argument('<session>')
      .action(
        lazily(async ({ api, print }, session: string) => {
          await api.sessions.revoke({ session })
          print({ session }, () => 'signed out')
        }),
      ),
    new Command('create-profile')
      .description('make an identity')
      .argument('<name>')
      .action(
        lazily(async ({ api, print }, displayName: string) => {
          print(await api.profiles.create({ displayName }), ({ id }) => `profile ${id}: ${displayName}`)
        }),
      ),
    new Command('settings')
      .description('show all settings, or change one; "null" returns to the default')
      .argument('[name]')
      .argument('[value]', 'JSON or text')
      .action(
        lazily(async ({ api, print }, name?: string, value?: string) => {
          const view =
            name === undefined || value === undefined
              ? await api.host.settings({})
              : await api.host.setSettings({ values: { [name]: jsonOrText(value) } })
          print(view, ({ values, waitingForRestart }) =>
            [
              ...Object.entries(values)
                .filter(([key]) => name === undefined || key === name)
                .map(([key, setting]) => `${key} = ${JSON.stringify(setting)}`),
              ...(waitingForRestart.length > 0 ? [`after a restart: ${waitingForRestart.join(', ')}`] : []),
            ].join('\n'),
          )
        }),
      ),
    new Command('test-router')
      .description('try a router; prints its round trip')
      .argument('<address>')
      .action(
        lazily(async ({ api, print }, address: string) => {
          print(await api.routers.test({ address }), ({ roundTrip }) => `${Math.round(roundTrip)} ms`)
        }),
      ),
    new Command('diagnostics').description('what helps to find a fault, without secrets').action(
      lazily(async ({ api, print }) => {
        print(await api.host.diagnostics({}), (value) => JSON.stringify(value, null, 2))
      }),
    ),
    new Command('restart').description('stop in good order and start again, with changed settings').action(
      lazily(async ({ api, print }) => {
        await api.host.restart({})
        print({ restarting: true }, () => 'restarting')
      }),
    ),
    new Command('stop').description('stop the host in good order').action(
      lazily(async ({ api, print }) => {
        await api.host.stop({})
        print({ stopping: true }, () => 'stopping')
      }),
    ),
  ]
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
