/** How much there is of everything. */
export interface Size {
  companies: number;
  /** Contacts of each twenty companies, in no order: a few have many. */
  contactsOfTwenty: readonly number[];
  leads: number;
  deals: number;
  /** Waiting for the service team. */
  tickets: number;
  /** Of the past, solved. */
  solvedTickets: number;
  /** Most contacts of whom it is told what they agreed to. */
  consents: number;
  orders: number;
  users: number;
  /** Most leads that are converted, and most that are disqualified: such deeds go one by one. */
  deeds: number;
  /** Most payments. */
  payments: number;
}

const FEW = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 7];
const MANY = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 14, 24];

export const SIZES = {
  small: {
    ...{ companies: 500, contactsOfTwenty: FEW, leads: 240, deals: 320, orders: 1200 },
    ...{ users: 14, deeds: 60, payments: 600, tickets: 45, solvedTickets: 620, consents: 1000 },
  },
  medium: {
    ...{ companies: 20_000, contactsOfTwenty: MANY, leads: 8000, deals: 6000, orders: 40_000 },
    ...{ users: 36, deeds: 400, payments: 1000, tickets: 600, solvedTickets: 9000 },
    consents: 20_000,
  },
  large: {
    ...{ companies: 200_000, contactsOfTwenty: MANY, leads: 60_000, deals: 50_000 },
    ...{ orders: 400_000, users: 60, deeds: 1000, payments: 2000, tickets: 3000 },
    ...{ solvedTickets: 80_000, consents: 100_000 },
  },
} as const satisfies Record<string, Size>;

export type SizeName = keyof typeof SIZES;

export const SIZE_NAMES = Object.keys(SIZES) as SizeName[];
