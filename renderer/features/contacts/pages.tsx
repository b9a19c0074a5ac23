import { Redirect, Route, Switch } from 'wouter'
import { Beside } from '../chats/beside.tsx'
import { ContactPage } from './about.tsx'
import { InvitationPage } from './invitation.tsx'
import { Invite } from './invite.tsx'

/** Pages of contacts, beside their conversations. */
export function ContactPages() {
  return (
    <Switch>
      <Route path="/contacts/invite" component={Invite} />
      <Route path="/contacts/invite/:invitation">
        {({ invitation }) => <InvitationPage id={Number(invitation)} />}
      </Route>
      <Route path="/contacts/:contact/about">
        {({ contact }) => (
          <Beside chat={{ kind: 'contact', id: Number(contact) }}>
            <ContactPage id={Number(contact)} />
          </Beside>
        )}
      </Route>
      <Route>
        <Redirect to="/chats" replace />
      </Route>
    </Switch>
  )
}
