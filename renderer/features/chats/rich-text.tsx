import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { parseMarkdown, type Span } from './markdown.ts'
import { isOwnLink, useOpenLink } from './open-link.ts'
import css from './rich-text.module.css'

/** A message's text with the network's markdown. Nothing is fetched; links open only when they are clicked. */
export function RichText({ text }: { readonly text: string }) {
  const spans = parseMarkdown(text)
  return (
    <span className={css.text} dir="auto">
      {spans.map((span, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity but their place
        <SpanView key={index} span={span} />
      ))}
    </span>
  )
}

function SpanView({ span }: { readonly span: Span }) {
  switch (span.kind) {
    case 'text':
      return span.text
    case 'bold':
      return <strong>{span.text}</strong>
    case 'italic':
      return <em>{span.text}</em>
    case 'strike':
      return <s>{span.text}</s>
    case 'code':
      return <code className={css.code}>{span.text}</code>
    case 'secret':
      return <Secret text={span.text} />
    case 'colour':
      return <span data-colour={span.colour}>{span.text}</span>
    case 'link':
      return <TextLink href={span.href} text={span.text} />
    case 'mention':
      return <strong className={css.mention}>{span.text}</strong>
  }
}

function Secret({ text }: { readonly text: string }) {
  const { t } = useTranslation()
  const [shown, setShown] = useState(false)
  if (shown) return text
  return (
    <button type="button" className={css.secret} onClick={() => setShown(true)} aria-label={t('chats.message.secret')}>
      <span aria-hidden="true">{'▒'.repeat(Math.min(text.length, 12))}</span>
    </button>
  )
}

function TextLink({ href, text }: { readonly href: string; readonly text: string }) {
  const open = useOpenLink()
  return (
    <a
      href={href}
      rel="noreferrer"
      onClick={(event) => {
        event.preventDefault()
        open(href)
      }}
    >
      {isOwnLink(href) ? shortened(text) : text}
    </a>
  )
}

const SHOWN = 8

/** The keys in a link of the network say nothing to people. */
function shortened(link: string): string {
  const hash = link.indexOf('#')
  return hash < 0 || link.length <= hash + SHOWN + 1 ? link : `${link.slice(0, hash + 1 + SHOWN)}…`
}
