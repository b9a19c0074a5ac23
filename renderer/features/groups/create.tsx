import { Route, Switch } from 'wouter'
import { About } from './create/about.tsx'
import { Choose } from './create/choose.tsx'

/** The steps of creating a group before it exists; the others are `setup.tsx`. */
export function CreateGroup() {
  return (
    <Switch>
      <Route path="/groups/new/super-peers" component={Choose} />
      <Route component={About} />
    </Switch>
  )
}
