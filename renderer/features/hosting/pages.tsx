import { Redirect, Route, Switch } from 'wouter'
import { useHost } from '../../state/host.ts'
import { Identity } from './identity.tsx'
import { Limits } from './limits.tsx'
import { NotServing } from './not-serving.tsx'
import { ServedPage } from './served-page.tsx'
import { Serving } from './serving.tsx'

/** Serving groups of others from this machine. */
export function Serve() {
  const on = useHost((state) => state.address !== undefined)
  return (
    <Switch>
      <Route path="/serve">{on ? <Serving /> : <NotServing />}</Route>
      <Route path="/serve/identity">{on ? <Identity /> : <Redirect to="/serve" replace />}</Route>
      <Route path="/serve/limits" component={Limits} />
      <Route path="/serve/:group">{({ group }) => <ServedPage key={group} group={Number(group)} />}</Route>
      <Route>
        <Redirect to="/serve" replace />
      </Route>
    </Switch>
  )
}
