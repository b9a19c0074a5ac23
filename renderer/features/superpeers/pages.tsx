import { Redirect, Route, Switch } from 'wouter'
import { KnownList } from './known-list.tsx'
import { NewSuperPeer } from './new-super-peer.tsx'

/** The person's super-peers across groups. */
export function SuperPeers() {
  return (
    <Switch>
      <Route path="/super-peers" component={KnownList} />
      <Route path="/super-peers/new" component={NewSuperPeer} />
      <Route>
        <Redirect to="/super-peers" replace />
      </Route>
    </Switch>
  )
}
