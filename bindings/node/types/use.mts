// Checked by tsc --strict, never run: the same declarations for import.
import sawlog, { open, Parser, type Batch, type Row } from 'sawlog'

export async function count (path: string): Promise<number> {
  let rows = 0
  for await (const batch of open(path)) rows += batch.length
  return rows
}

export const parse = (data: Uint8Array): Batch => new Parser('combined').parse(data)
export const line = (text: string): Row | null => new sawlog.Parser().parseLine(text)
