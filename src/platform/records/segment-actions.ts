/** What happens to records of the objects that segments hold, as their definitions declare it. */
export const SEGMENT_ACTIONS = {
  segment_entered: 'A record belongs to a segment from now on; `changes.segmentId` names it.',
  segment_left: 'A record no longer belongs to a segment; `changes.segmentId` names it.',
} as const;
