import css from './link-text.module.css'

/** A link or address in full; one click marks all of it. */
export function LinkText({ link }: { readonly link: string }) {
  return <code className={css.link}>{link}</code>
}
