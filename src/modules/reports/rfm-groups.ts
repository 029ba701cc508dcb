/** Names that salespeople give to customers by how lately, how often and for how much they buy. */
export const RFM_GROUPS = [
  ...['champions', 'loyal', 'potentialLoyalists', 'newCustomers', 'promising', 'needAttention'],
  ...['aboutToSleep', 'atRisk', 'cannotLose', 'hibernating', 'lost'],
] as const;
export type RfmGroup =
  | 'champions'
  | 'loyal'
  | 'potentialLoyalists'
  | 'newCustomers'
  | 'promising'
  | 'needAttention'
  | 'aboutToSleep'
  | 'atRisk'
  | 'cannotLose'
  | 'hibernating'
  | 'lost';

/** By recency, 5 (lately) to 1, and then by the mean of frequency and money, 1 to 5. */
const GRID: Record<number, readonly RfmGroup[]> = {
  5: ['newCustomers', 'potentialLoyalists', 'potentialLoyalists', 'champions', 'champions'],
  4: ['promising', 'potentialLoyalists', 'potentialLoyalists', 'champions', 'champions'],
  3: ['aboutToSleep', 'needAttention', 'needAttention', 'loyal', 'loyal'],
  2: ['hibernating', 'hibernating', 'atRisk', 'atRisk', 'atRisk'],
  1: ['lost', 'lost', 'atRisk', 'cannotLose', 'cannotLose'],
};

/** The group of three scores, each 1 to 5. */
export function rfmGroup(recency: number, frequency: number, money: number): RfmGroup {
  const mean = Math.round((frequency + money) / 2);
  return GRID[recency]?.[mean - 1] ?? 'lost';
}
