import type { Dice } from './dice.js';
import type { SeedPlan } from './plan.js';
import { SIZES } from './sizes.js';
import type { Row } from './table.js';
import { CURRENCY_CODES, priceIn } from './world/index.js';
import type { LocalCurrency } from './world/index.js';

export interface Category {
  code: string;
  name: string;
  parent: string | null;
}

export const CATEGORIES: readonly Category[] = [
  { code: 'COFFEE', name: 'Coffee', parent: null },
  { code: 'ESPRESSO', name: 'Espresso blends', parent: 'COFFEE' },
  { code: 'FILTER', name: 'Filter coffee', parent: 'COFFEE' },
  { code: 'ORIGIN', name: 'Single origins', parent: 'COFFEE' },
  { code: 'MACHINES', name: 'Machines', parent: null },
  { code: 'PORTAFILTER', name: 'Espresso machines', parent: 'MACHINES' },
  { code: 'AUTOMATIC', name: 'Fully automatic machines', parent: 'MACHINES' },
  { code: 'GRINDERS', name: 'Grinders', parent: 'MACHINES' },
  { code: 'BAR', name: 'At the bar', parent: null },
  { code: 'CUPS', name: 'Cups', parent: 'BAR' },
  { code: 'TOOLS', name: 'Barista tools', parent: 'BAR' },
  { code: 'CARE', name: 'Care and cleaning', parent: 'BAR' },
  { code: 'SERVICE', name: 'Service and training', parent: null },
];

export interface Product {
  sku: string;
  name: string;
  category: string;
  unit: string;
  /** Euros. */
  price: number;
  /** Of food, less than of the rest. */
  taxRate: string;
  isService: boolean;
  isMachine: boolean;
}

/** Pieces from which there is a discount, and what is left of the price. */
export const MANY = 24;
const PRICE_OF_MANY = 0.92;

const BEANS: readonly [string, string, number][] = [
  ...blends(
    'ESPRESSO',
    'Notturno, Riva, Alba, Piazza, Forte, Classico, Crema d’Oro, Decaf Sera',
    17,
  ),
  ...blends('FILTER', 'Morning Shift, Office Blend, Nordic Light, Harbour, Decaf Filter', 15),
  ...blends(
    'ORIGIN',
    'Ethiopia Guji, Colombia Huila, Kenya Nyeri, Brazil Cerrado, Peru Cusco, Guatemala Antigua, Rwanda Kivu',
    23,
  ),
];

function blends(category: string, names: string, euros: number): [string, string, number][] {
  return names.split(', ').map((name, at) => [category, name, euros + ((at * 7) % 5) * 0.9]);
}

const PACKS: readonly [string, number][] = [
  ['250 g', 0.29],
  ['1 kg', 1],
  ['6 × 1 kg', 5.7],
];

/** `category: name price, name price …` */
const OTHERS = `
  PORTAFILTER: Tramontana 1-group 2490, Tramontana 2-group 4890, Tramontana 3-group 6790, Levante Lever 5350, Brezza Compact 1790
  AUTOMATIC: Maestrale 40 1290, Maestrale 80 2950, Maestrale 150 5400, Maestrale 250 Milk 8900, Scirocco Office 990
  GRINDERS: Macina 50 420, Macina 65 Silent 790, Macina 98 Shop 1690, Macina Filter 610
  CUPS: Espresso cup 4.2, Cappuccino cup 5.4, Latte glass 3.9, Mug 4.8, Saucer 2.6, To-go cup 8 oz × 1000 62, To-go cup 12 oz × 1000 74, Lid × 1000 38
  TOOLS: Milk jug 0.6 l 18.5, Milk jug 1 l 24.5, Tamper 58 mm 32, Knock box 41, Scale with timer 69, Distributor 46, Tamping mat 12.5, Filter papers × 100 7.2
  CARE: Cleaning tablets × 100 21.5, Milk cleaner 1 l 13.9, Descaler 5 l 27, Group brush 8.4, Water filter S 58, Water filter M 92, Gasket set 19, Shower screen 14
  SERVICE: Maintenance contract 1 year 480, Full-service contract 1 year 1140, Installation on site 190, Barista training day 540, Latte art course 320`;

export const PRODUCTS: readonly Product[] = [...beans(), ...others()];

function beans(): Product[] {
  return BEANS.flatMap(([category, name, kilo], bean) =>
    PACKS.map(([pack, factor], place) => ({
      sku: `${category.slice(0, 3)}-${String((bean + 1) * 10 + place).padStart(4, '0')}`,
      ...{ name: `${name} ${pack}`, category, unit: 'bag', price: rounded(kilo * factor) },
      ...{ taxRate: '7', isService: false, isMachine: false },
    })),
  );
}

function others(): Product[] {
  return OTHERS.trim()
    .split('\n')
    .flatMap((line) => {
      const [category = '', list = ''] = line.trim().split(': ');
      return list.split(', ').map((entry, at) => {
        const end = entry.lastIndexOf(' ');
        const [name, price] = [entry.slice(0, end), Number(entry.slice(end + 1))];
        return other(category, name, price, at);
      });
    });
}

function other(category: string, name: string, price: number, at: number): Product {
  return {
    sku: `${category.slice(0, 3)}-${String((at + 1) * 100)}`,
    ...{ name, category, price, taxRate: '19' },
    unit: category === 'SERVICE' ? 'service' : 'piece',
    isService: category === 'SERVICE',
    isMachine: ['PORTAFILTER', 'AUTOMATIC', 'GRINDERS'].includes(category),
  };
}

function rounded(amount: number): number {
  return Math.round(amount * 10) / 10;
}

const GOODS = PRODUCTS.filter(({ isMachine, isService }) => !isMachine && !isService);
const MACHINES = PRODUCTS.filter(({ isMachine }) => isMachine);
const SERVICES = PRODUCTS.filter(({ isService }) => isService);

/** Something that is used up: the favourites more often. */
export const pickGoods = (dice: Dice): Product =>
  GOODS[Math.floor(GOODS.length * dice.next() ** 1.8)] as Product;

/** A machine; the smaller ones more often. */
export const pickMachine = (dice: Dice): Product => dice.pick(MACHINES);

export const pickService = (dice: Dice): Product => dice.pick(SERVICES);

/** What a piece costs. */
export function unitPrice(product: Product, currency: LocalCurrency, quantity: number): string {
  const price = priceIn(currency, product.price);
  return (quantity >= MANY ? price * PRICE_OF_MANY : price).toFixed(2);
}

export const PRODUCT_COLUMNS = {
  seed: 'externalIds.seed',
  sku: 'sku',
  name: 'name',
  description: 'description',
  category: 'category.code',
  unit: 'unit',
  tax_class: 'taxClass',
  tax_rate: 'taxRate',
  prices: 'prices',
  stock: 'stock',
  active: 'active',
  tags: 'tags',
} as const;

export function* productRows(plan: SeedPlan): Generator<Row> {
  // What lies there has to do for the newest orders, of which a larger house has more.
  const scale = Math.ceil(plan.counts.orders / SIZES.small.orders);
  for (const [index, product] of PRODUCTS.entries()) {
    const dice = plan.dice('product', index);
    const { sku, name, category, unit, taxRate, isService, isMachine } = product;
    const pieces = (): number => (isMachine ? dice.between(15, 120) : dice.between(800, 9000));
    const stock = isService ? null : pieces() * scale;
    const label = CATEGORIES.find(({ code }) => code === category)?.name ?? category;
    yield [
      ...[`sku-${sku}`, sku, name, `${label}: ${name}`, category, unit],
      ...[taxRate === '7' ? 'reduced' : 'standard', taxRate, pricesOf(product), stock, 'true'],
      dice.chance(0.15) ? 'new' : null,
    ];
  }
}

function pricesOf(product: Product): string {
  const prices = CURRENCY_CODES.flatMap((currency) => [
    { currency, amount: unitPrice(product, currency, 1) },
    ...(product.isService || product.isMachine
      ? []
      : [{ currency, amount: unitPrice(product, currency, MANY), minQuantity: String(MANY) }]),
  ]);
  return JSON.stringify(prices);
}
