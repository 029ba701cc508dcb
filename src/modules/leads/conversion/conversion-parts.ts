import type { RecordRow } from '../../../platform/records/record-row.js';
import type { CandidateDto, ConvertedPartDto } from './conversion.dto.js';
import type { Fields } from './conversion-request.js';
import type { Match } from './match-finder.js';

/** What is to become of one part of a conversion, before anything is written. */
export type Plan =
  | { action: 'none' }
  | { action: 'created'; fields: Fields }
  | { action: 'matched' | 'chosen'; row: RecordRow; matchedBy: string[] }
  | { action: 'ambiguous'; candidates: Match[] };

/** The answer about a part. */
export function partOf(plan: Plan, id: string | null, values: Fields = {}): ConvertedPartDto {
  const part = { action: plan.action, id, matchedBy: [], values, candidates: [] };
  switch (plan.action) {
    case 'matched':
    case 'chosen':
      return { ...part, matchedBy: plan.matchedBy };
    case 'created':
      return { ...part, values: plan.fields };
    default:
      return part;
  }
}

/** The answer about a part that several records could be. */
export function ambiguousPart(
  { candidates }: { candidates: Match[] },
  present: (row: RecordRow) => Pick<CandidateDto, 'title' | 'subtitle'>,
): ConvertedPartDto {
  return {
    ...partOf({ action: 'none' }, null),
    action: 'ambiguous',
    candidates: candidates.map(({ row, matchedBy }) => ({
      id: row.id,
      ...present(row),
      matchedBy,
    })),
  };
}
