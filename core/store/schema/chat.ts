/** Tables of migrations/0002-chat.ts. */
// biome-ignore lint/suspicious/noEmptyInterface: filled together with its migration
export interface ChatSchema {}
