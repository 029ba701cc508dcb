/** A small shop's two years: rows as a file has them, and what an accountant makes of them. */
export interface RetailRow {
  invoice: string;
  kind: 'order' | 'creditNote';
  status: 'draft' | 'closed' | 'fulfilled' | 'cancelled';
  date: string;
  currency: 'EUR' | 'USD' | 'GBP';
  customer: string;
  country: string;
  sku: string;
  quantity: number;
  /** Cents. */
  price: number;
  /** Percent. */
  discount: number;
}

/** Numbers that are the same each time. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const COUNTRIES = ['DE', 'FR', 'ES'];

/** Lines of so many invoices: drafts, cancelled ones and credit notes among them. */
export function retailRows(invoices: number): RetailRow[] {
  const random = randomFrom(20_240_229);
  const rows: RetailRow[] = [];
  for (let n = 0; n < invoices; n += 1) {
    const kind = n % 9 === 8 ? 'creditNote' : 'order';
    const others = (['draft', 'cancelled'] as const)[n % 2] as 'draft' | 'cancelled';
    const status = kind === 'order' && n % 7 === 3 ? others : 'closed';
    const day = new Date(Date.UTC(2024, 0, 1) + random(700) * 86_400_000);
    const customer = random(25);
    const invoice = {
      ...({ invoice: `R${n}`, kind, status, date: day.toISOString().slice(0, 10) } as const),
      currency: n === 20 ? 'GBP' : n % 4 === 1 ? 'USD' : 'EUR',
      ...{ customer: `c${customer}`, country: COUNTRIES[customer % 3] as string },
    } as const;
    for (let line = 0; line <= random(3); line += 1) {
      rows.push({
        ...invoice,
        sku: `S-${random(6)}`,
        quantity: (1 + random(9)) * (kind === 'order' ? 1 : -1),
        price: 5 + random(9000),
        discount: random(4) === 0 ? 15 : 0,
      });
    }
  }
  return rows;
}

const HEADER = 'Invoice,Kind,Status,Date,Currency,Customer,Country,Stock,Qty,Price,Discount';

/** The rows as a file. */
export const retailFile = (rows: readonly RetailRow[]): string =>
  [
    HEADER,
    ...rows.map(({ price, discount, ...row }) =>
      [
        ...[row.invoice, row.kind, row.status, row.date, row.currency, row.customer, row.country],
        ...[row.sku, row.quantity, (price / 100).toFixed(2), discount === 0 ? '' : discount],
      ].join(','),
    ),
  ].join('\n') + '\n';

/** How the file is imported. */
export const RETAIL = {
  object: 'orders',
  matchOn: 'reference',
  createReferences: true,
  mapping: {
    Invoice: 'reference',
    Kind: 'kind',
    Status: 'status',
    Date: 'orderDate',
    Currency: 'currency',
    Customer: ['company.externalIds.shop', 'company.name'],
    Country: ['company.address.country', 'billingAddress.country'],
    Stock: ['lines.product.sku', 'lines.product.name'],
    Qty: 'lines.quantity',
    Price: 'lines.unitPrice',
    Discount: 'lines.discountPercent',
  },
};

/** US dollars in tenths of a euro: less from the middle of 2024. */
const rateOf = ({ currency, date }: RetailRow): bigint | null =>
  currency === 'EUR' ? 10n : currency === 'GBP' ? null : date < '2024-07-01' ? 9n : 8n;

export const RATES = [
  { from: 'USD', to: 'EUR', date: '2024-01-01', rate: '0.9' },
  { from: 'USD', to: 'EUR', date: '2024-07-01', rate: '0.8' },
];

/** Half away from zero. */
function divided(units: bigint, by: bigint): bigint {
  const half = units < 0n ? -by / 2n : by / 2n;
  return (units + half) / by;
}

/** Cents of a line: each rounded on its own. */
export function netOf({ quantity, price, discount }: RetailRow): bigint {
  const gross = BigInt(quantity * price);
  return gross - divided(gross * BigInt(discount), 100n);
}

const isBooked = ({ status }: RetailRow): boolean => status !== 'draft' && status !== 'cancelled';

export interface Expected {
  orders: number;
  creditNotes: number;
  revenue: string;
  credited: string;
}

export const textOf = (cents: bigint): string => {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/** In euros, each day's money at its rate; rounded once. */
export function euros(rows: readonly RetailRow[]): string {
  const tenths = rows.reduce((sum, row) => sum + netOf(row) * (rateOf(row) ?? 0n), 0n);
  return textOf(divided(tenths, 10n));
}

const invoices = (rows: readonly RetailRow[]): number =>
  new Set(rows.map(({ invoice }) => invoice)).size;

/** What an accountant adds up for each key. */
export function salesBy(
  rows: readonly RetailRow[],
  keyOf: (row: RetailRow) => string,
): Map<string, Expected> {
  const groups = Map.groupBy(rows.filter(isBooked), keyOf);
  return new Map(
    [...groups].map(([key, own]) => {
      const credits = own.filter(({ kind }) => kind === 'creditNote');
      const orders = own.filter(({ kind }) => kind === 'order');
      return [
        key,
        {
          ...{ orders: invoices(orders), creditNotes: invoices(credits) },
          ...{ revenue: euros(own), credited: euros(credits) },
        },
      ];
    }),
  );
}

export const bookedRows = (rows: readonly RetailRow[]): RetailRow[] => rows.filter(isBooked);
