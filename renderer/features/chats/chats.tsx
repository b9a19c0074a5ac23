import { Page } from '../../ui/page.tsx'

export function Chats({ group }: { readonly group: number | undefined }) {
  return <Page title="Chats">Chats {group}</Page>
}
