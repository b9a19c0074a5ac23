import { Search } from 'lucide-react'
import css from './search-field.module.css'

interface SearchFieldProps {
  readonly label: string
  readonly value: string
  onChange(value: string): void
}

/** Narrows the list below it while one types. */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  return (
    <div className={css.search}>
      <Search size={16} aria-hidden="true" />
      <input
        type="search"
        value={value}
        placeholder={label}
        aria-label={label}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </div>
  )
}
