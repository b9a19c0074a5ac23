/** One record of a vectors file; everything but the name depends on the kind of record. */
export interface VectorRecord {
  readonly name: string
  readonly note?: string
  readonly [field: string]: unknown
}

/** The file that a record stands in, for records that refer to others (`keys`, for example). */
export interface Context {
  readonly records: readonly VectorRecord[]
  /** The first record of that name. Throws where the file has none. */
  record(name: string): VectorRecord
}

/** Checks the records whose name is `name`, starts with `name` and a space, or matches it. Throws on a difference. */
export interface Handler {
  readonly name: string | RegExp
  // biome-ignore lint/suspicious/noConfusingVoidType: most checks return nothing
  check(record: VectorRecord, context: Context): 'skipped' | void | Promise<'skipped' | undefined>
}
