import { lazy, Suspense, useEffect } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { Shortcuts } from './features/palette/shortcuts.tsx'
import { useRuntime } from './runtime/context.ts'
import { useHost } from './state/host.ts'
import { Boundary } from './ui/boundary.tsx'
import { Layout } from './ui/layout.tsx'
import { SignedOut, Starting } from './ui/starting.tsx'

const Welcome = lazy(async () => ({ default: (await import('./features/first-run/welcome.tsx')).Welcome }))
const Restore = lazy(async () => ({ default: (await import('./features/backup/restore.tsx')).Restore }))
const Chats = lazy(async () => ({ default: (await import('./features/chats/chats.tsx')).Chats }))
const GroupPages = lazy(async () => ({ default: (await import('./features/groups/pages.tsx')).GroupPages }))
const JoinPage = lazy(async () => ({ default: (await import('./features/groups/join.tsx')).JoinPage }))
const CreateGroup = lazy(async () => ({ default: (await import('./features/groups/create.tsx')).CreateGroup }))
const Connect = lazy(async () => ({ default: (await import('./features/contacts/connect.tsx')).Connect }))
const ContactPages = lazy(async () => ({ default: (await import('./features/contacts/pages.tsx')).ContactPages }))
const SuperPeers = lazy(async () => ({ default: (await import('./features/superpeers/pages.tsx')).SuperPeers }))
const Serve = lazy(async () => ({ default: (await import('./features/hosting/pages.tsx')).Serve }))
const Settings = lazy(async () => ({ default: (await import('./features/settings/pages.tsx')).Settings }))

/** A machine that only serves groups needs nobody's name. */
const NAMELESS = /^\/(?:serve|settings|super-peers)(?:\/|$)/

export function App() {
  const loaded = useHost((state) => state.loaded)
  const connection = useHost((state) => state.connection)
  const person = useHost((state) => state.profiles.find((profile) => !profile.superPeer))
  const serving = useHost((state) => state.address !== undefined)
  const runtime = useRuntime()
  const [location, navigate] = useLocation()

  useEffect(() => runtime.onLink((link) => navigate(`/join?link=${encodeURIComponent(link)}`)), [runtime, navigate])

  if (connection === 'signed-out') return <SignedOut />
  if (!loaded) return <Starting />
  return (
    <Boundary at={location}>
      <Suspense fallback={<Starting />}>
        <Switch>
          <Route path="/welcome">
            <Welcome />
          </Route>
          <Route path="/restore" component={Restore} />
          {person === undefined && !(serving && NAMELESS.test(location)) && (
            <Route>
              <Redirect to={serving && location === '/' ? '/serve' : '/welcome'} replace />
            </Route>
          )}
          <Route>
            <Layout>
              <Shortcuts />
              <Boundary at={location}>
                <Suspense fallback={null}>
                  <Switch>
                    <Route path="/chats/:group?">
                      {({ group }) => (
                        <Chats chat={group === undefined ? undefined : { kind: 'group', id: Number(group) }} />
                      )}
                    </Route>
                    <Route path="/contacts/invite/*?" component={ContactPages} />
                    <Route path="/contacts/:contact/about" component={ContactPages} />
                    <Route path="/contacts/:contact">
                      {({ contact }) => <Chats chat={{ kind: 'contact', id: Number(contact) }} />}
                    </Route>
                    <Route path="/connect" component={Connect} />
                    <Route path="/groups/new/*?" component={CreateGroup} />
                    <Route path="/groups/:group/*?">{({ group }) => <GroupPages group={Number(group)} />}</Route>
                    <Route path="/join" component={JoinPage} />
                    <Route path="/super-peers/*?" component={SuperPeers} />
                    <Route path="/serve/*?" component={Serve} />
                    <Route path="/settings/*?" component={Settings} />
                    <Route>
                      <Redirect to="/chats" replace />
                    </Route>
                  </Switch>
                </Suspense>
              </Boundary>
            </Layout>
          </Route>
        </Switch>
      </Suspense>
    </Boundary>
  )
}
