import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { query } from '../support/database.js';
import { startServer } from '../support/server.js';
import type { Client, TestServer } from '../support/server.js';

/** What a shop sells, and the life of its orders. */
let server: TestServer;
let shop: Client;

beforeAll(async () => {
  server = await startServer();
  shop = await server.createWorkspace('Espresso');
});

afterAll(() => server.close());

const make = async (path: string, body: object) =>
  (await shop.expect(201, 'POST', path, body)).body;

describe('an order', () => {
  test('takes names, prices and taxes from its products and adds up to the cent', async () => {
    const cups = await make('/v1/product-categories', { name: 'Cups', code: 'CUP' });
    const cup = await make('/v1/products', {
      ...{ sku: 'CUP-1', name: 'Espresso cup', categoryId: cups.id, unit: 'piece', taxRate: '19' },
      prices: [
        { currency: 'EUR', amount: '19.90' },
        { currency: 'EUR', amount: '17.90', minQuantity: '10' },
      ],
    });
    const company = await make('/v1/companies', { name: 'Bar Centrale' });
    const order = await make('/v1/orders', {
      companyId: company.id,
      lines: [
        { productId: cup.id, quantity: '3', discountPercent: '12.5' },
        { name: 'Engraving', quantity: 1, unitPrice: 15 },
        { productId: cup.id, quantity: '10' },
      ],
      shippingCosts: '4.90',
      shippingTaxRate: '19',
    });
    expect(order).toMatchObject({
      ...{ kind: 'order', number: 1, status: 'draft', currency: 'EUR', paymentStatus: 'unpaid' },
      ...{ subtotal: '253.70', discountTotal: '7.46', taxTotal: '44.87', total: '296.01' },
      ...{ paidTotal: '0.00', balance: '296.01' },
    });
    expect(order.orderDate).toBe(new Date().toISOString().slice(0, 10));
    expect(order.lines[0]).toMatchObject({
      ...{ sku: 'CUP-1', name: 'Espresso cup', unit: 'piece', unitPrice: '19.90', taxRate: '19' },
      ...{ discount: '7.46', net: '52.24', tax: '9.93', total: '62.17', fulfilledQuantity: '0' },
    });
    expect(order.lines[2]).toMatchObject({ unitPrice: '17.90', net: '179.00' });
    const found = await shop.expect(200, 'GET', `/v1/orders?filter[lines.productId]=${cup.id}`);
    expect(found.body.data[0].id).toBe(order.id);
  });

  test('names the line whose product has no price in its currency', async () => {
    const cup = await make('/v1/products', { sku: 'CUP-2', name: 'Cup', prices: [] });
    const { body } = await shop.expect(422, 'POST', '/v1/orders', {
      lines: [
        { name: 'Free', quantity: '1', unitPrice: '0' },
        { productId: cup.id, quantity: '1' },
      ],
    });
    expect(body.errors).toEqual([
      expect.objectContaining({ pointer: '/lines/1/unitPrice', code: 'noPrice' }),
    ]);
  });
});

/** A cup of which there are so many, at 20.00 and 10 % tax. */
let cups = 0;
const makeCup = (stock: string | null, more: object = {}) =>
  make('/v1/products', {
    ...{ sku: `STOCK-${(cups += 1)}`, name: 'Cup', taxRate: '10', stock },
    prices: [{ currency: 'EUR', amount: '20.00' }],
    ...more,
  });

const stockOf = async (id: string) => {
  const { stock, reserved, available } = (await shop.expect(200, 'GET', `/v1/products/${id}`)).body;
  return { stock, reserved, available };
};

const typesOf = ({ body }: { body: { data: { type: string }[] } }) =>
  body.data.map(({ type }) => type);

describe('the life of an order', () => {
  test('is drafted, confirmed, partly shipped, partly returned and paid', async () => {
    const customer = await make('/v1/companies', { name: 'Café Paradiso' });
    const cup = await makeCup('10');
    const order = await make('/v1/orders', {
      ...{ companyId: customer.id, reference: 'PO-77', shippingCosts: '5' },
      billingAddress: { street: 'Via Roma 1', city: 'Torino', country: 'IT' },
      lines: [
        { productId: cup.id, quantity: '4' },
        { name: 'Gift wrapping', quantity: '1', unitPrice: '2.50' },
      ],
    });
    expect(order).toMatchObject({ total: '95.50', status: 'draft' });
    const at = `/v1/orders/${order.id}`;

    // Confirmed: the cups are kept for it, and its lines are fixed.
    const confirmed = await shop.expect(200, 'POST', `${at}/confirm`, { reason: 'By telephone' });
    expect(confirmed.body).toMatchObject({ status: 'confirmed', version: 2 });
    expect(confirmed.headers.get('etag')).toBe('"2"');
    expect(await stockOf(cup.id)).toEqual({ stock: '10', reserved: '4', available: '6' });
    const { body: fixed } = await shop.expect(409, 'PATCH', at, { lines: [] });
    expect(fixed).toMatchObject({ code: 'conflict', orderStatus: 'confirmed' });
    expect(fixed.allowed).toEqual(['fulfil', 'cancel', 'reopen', 'pay', 'refund']);
    // Its lines as they were read are no change, and notes may still be made.
    const noted = await shop.expect(200, 'PATCH', at, {
      ...{ lines: confirmed.body.lines, notes: 'Ring twice' },
    });
    expect(noted.body.notes).toBe('Ring twice');

    // A deposit, then the first three cups.
    const deposit = await make(`${at}/payments`, { amount: '50', method: 'card' });
    expect(deposit.order).toMatchObject({ balance: '45.50', paymentStatus: 'partiallyPaid' });
    const [cupLine, wrapLine] = confirmed.body.lines;
    const shipped = await shop.expect(200, 'POST', `${at}/fulfil`, {
      lines: [
        { lineId: cupLine.id, quantity: '3' },
        { lineId: wrapLine.id, quantity: '1' },
      ],
    });
    expect(shipped.body.status).toBe('partiallyFulfilled');
    expect(shipped.body.lines[0]).toMatchObject({ fulfilledQuantity: '3', reservedQuantity: '1' });
    expect(await stockOf(cup.id)).toEqual({ stock: '7', reserved: '1', available: '6' });
    const { body: tooMuch } = await shop.expect(422, 'POST', `${at}/fulfil`, {
      lines: [{ lineId: cupLine.id, quantity: '2' }],
    });
    expect(tooMuch.errors[0].pointer).toBe('/lines/0/quantity');

    // The rest of it.
    const rest = await shop.expect(200, 'POST', `${at}/fulfil`, {});
    expect(rest.body.status).toBe('fulfilled');
    expect(await stockOf(cup.id)).toEqual({ stock: '6', reserved: '0', available: '6' });

    // One cup comes back: a credit note with a number of its own.
    const note = await make(`${at}/returns`, {
      ...{ lines: [{ lineId: cupLine.id, quantity: '1' }], reason: 'One too many' },
    });
    expect(note).toMatchObject({
      ...{ kind: 'creditNote', number: 1, status: 'closed', originalOrderId: order.id },
      ...{ companyId: customer.id, total: '-22.00', balance: '0.00', paymentStatus: 'paid' },
      ...{ billingAddress: { city: 'Torino' } },
    });
    expect(note.lines[0]).toMatchObject({ quantity: '-1', net: '-20.00', tax: '-2.00' });
    expect(await stockOf(cup.id)).toEqual({ stock: '7', reserved: '0', available: '7' });
    const credited = await shop.expect(200, 'GET', at);
    expect(credited.body).toMatchObject({ creditedTotal: '22.00', balance: '23.50' });
    expect(credited.body.lines[0].returnedQuantity).toBe('1');

    // Paid with ten too much, which go back.
    const paid = await make(`${at}/payments`, { amount: '33.50', reference: 'Statement 14' });
    expect(paid.order).toMatchObject({ balance: '-10.00', paymentStatus: 'overpaid' });
    const { body: all } = await shop.expect(409, 'POST', `${at}/refunds`, { amount: '83.51' });
    expect(all.refundable).toBe('83.50');
    const refund = await make(`${at}/refunds`, { amount: '10.00', reason: 'Paid too much' });
    expect(refund.order).toMatchObject({ balance: '0.00', paymentStatus: 'paid' });
    const { body: payments } = await shop.expect(200, 'GET', `${at}/payments?limit=2`);
    expect(payments.data.map(({ amount }: { amount: string }) => amount)).toEqual([
      '50.00',
      '33.50',
    ]);
    const next = `${at}/payments?limit=2&cursor=${payments.page.nextCursor}`;
    expect((await shop.expect(200, 'GET', next)).body.data[0]).toMatchObject({
      ...{ kind: 'refund', amount: '10.00', reason: 'Paid too much' },
    });

    // Put away; all that happened is told.
    expect((await shop.expect(200, 'POST', `${at}/close`, {})).body.status).toBe('closed');
    await shop.expect(409, 'DELETE', at);
    const timeline = await shop.expect(200, 'GET', `${at}/timeline`);
    expect(typesOf(timeline)).toEqual([
      ...['order.closed', 'order.refunded', 'order.paid', 'order.returned', 'order.fulfilled'],
      ...['order.partiallyFulfilled', 'order.paid', 'order.updated', 'order.confirmed'],
      'order.created',
    ]);
    const returned = timeline.body.data[3];
    expect(returned.changes).toMatchObject({ reason: 'One too many', creditNoteId: note.id });
    const ofCup = await shop.expect(200, 'GET', `/v1/products/${cup.id}/timeline`);
    expect(typesOf(ofCup)).toEqual([
      ...['product.stockReturned', 'product.stockShipped', 'product.stockShipped'],
      ...['product.stockReserved', 'product.created'],
    ]);
  });

  test('refuses moves that are not its next ones, and names those that are', async () => {
    const order = await make('/v1/orders', {
      lines: [{ name: 'X', quantity: '1', unitPrice: '1' }],
    });
    const at = `/v1/orders/${order.id}`;
    for (const move of ['fulfil', 'close']) {
      const { body } = await shop.expect(409, 'POST', `${at}/${move}`, {});
      expect(body).toMatchObject({ orderStatus: 'draft', allowed: ['confirm', 'cancel'] });
    }
    const { body: nobody } = await shop.expect(422, 'POST', `${at}/confirm`, {});
    expect(nobody.errors[0].pointer).toBe('/contactId');
    await shop.expect(409, 'POST', `${at}/payments`, { amount: '1' });
    await shop.expect(422, 'POST', `${at}/cancel`, {});
    await shop.expect(200, 'POST', `${at}/cancel`, { reason: 'A mistake' });
    const { body: gone } = await shop.expect(409, 'POST', `${at}/confirm`, {});
    expect(gone.allowed).toEqual(['reopen', 'refund']);
    const back = await shop.expect(200, 'POST', `${at}/reopen`, { reason: 'No mistake' });
    expect(back.body.status).toBe('draft');
    await shop.expect(422, 'PATCH', at, { status: 'closed' });
  });

  test('gives stock free when it is cancelled, or what is left of it', async () => {
    const customer = await make('/v1/companies', { name: 'Trattoria' });
    const cup = await makeCup('5');
    const draft = () =>
      make('/v1/orders', {
        ...{ companyId: customer.id, lines: [{ productId: cup.id, quantity: '3' }] },
      });
    const [whole, part] = [await draft(), await draft()];
    await shop.expect(200, 'POST', `/v1/orders/${whole.id}/confirm`, {});
    const { body: short } = await shop.expect(409, 'POST', `/v1/orders/${part.id}/confirm`, {});
    expect(short.products).toEqual([
      { productId: cup.id, sku: cup.sku, name: 'Cup', wanted: '3', available: '2' },
    ]);
    await shop.expect(200, 'POST', `/v1/orders/${whole.id}/cancel`, {
      reason: 'Closed on Mondays',
    });
    expect(await stockOf(cup.id)).toEqual({ stock: '5', reserved: '0', available: '5' });
    const { body } = await shop.expect(200, 'POST', `/v1/orders/${part.id}/confirm`, {});
    const [{ id: lineId }] = body.lines;
    await shop.expect(200, 'POST', `/v1/orders/${part.id}/fulfil`, {
      lines: [{ lineId, quantity: '1' }],
    });
    const done = await shop.expect(200, 'POST', `/v1/orders/${part.id}/cancel`, {
      reason: 'Enough',
    });
    expect(done.body).toMatchObject({
      ...{ status: 'fulfilled', total: '66.00', creditedTotal: '44.00', balance: '22.00' },
    });
    expect(done.body.lines[0]).toMatchObject({ fulfilledQuantity: '1', cancelledQuantity: '2' });
    expect(await stockOf(cup.id)).toEqual({ stock: '4', reserved: '0', available: '4' });
  });

  test('is done by those who may: members sell, managers give money back', async () => {
    const member = await server.createUser('member', shop);
    const made = await member.expect(201, 'POST', '/v1/orders', {
      ...{ companyId: (await make('/v1/companies', { name: 'Bar Sport' })).id },
      lines: [{ name: 'X', quantity: '1', unitPrice: '10' }],
    });
    const at = `/v1/orders/${made.body.id}`;
    await member.expect(200, 'POST', `${at}/confirm`, {});
    await member.expect(201, 'POST', `${at}/payments`, { amount: '10' });
    const { body } = await member.expect(403, 'POST', `${at}/refunds`, { amount: '10' });
    expect(body.detail).toContain('order:refund');
    const viewer = await server.createUser('viewer', shop);
    await viewer.expect(403, 'POST', `${at}/fulfil`, {});
    const manager = await server.createUser('manager', shop);
    await manager.expect(201, 'POST', `${at}/refunds`, { amount: '10' });
  });
});

describe('a product', () => {
  test('tells which price applies, and why', async () => {
    const cup = await makeCup(null, {
      prices: [
        { currency: 'EUR', amount: '20.00' },
        { currency: 'EUR', amount: '18.00', from: '2026-03-01', until: '2026-03-31' },
        { currency: 'EUR', amount: '15.00', minQuantity: '10' },
      ],
    });
    const price = async (query: string) =>
      (await shop.expect(200, 'GET', `/v1/products/${cup.id}/price?${query}`)).body;
    expect(await price('quantity=12&at=2026-03-14')).toMatchObject({
      ...{ amount: '15.00', currency: 'EUR', reason: expect.stringContaining('quantity of 10') },
    });
    const spring = await price('currency=EUR&at=2026-03-14');
    expect(spring).toMatchObject({ amount: '18.00', quantity: '1' });
    expect(spring.considered.map(({ applies }: { applies: boolean }) => applies)).toEqual([
      ...[true, true, false],
    ]);
    expect(await price('currency=USD')).toMatchObject({ amount: null, priceId: null });
    await shop.expect(422, 'GET', `/v1/products/${cup.id}/price?currency=EURO`);
  });

  test('has its stock corrected with a reason, and in no other way', async () => {
    const cup = await makeCup('5');
    const at = `/v1/products/${cup.id}`;
    const { body } = await shop.expect(200, 'POST', `${at}/stock`, {
      change: '-2',
      reason: 'Broke',
    });
    expect(body).toMatchObject({ stock: '3', available: '3' });
    await shop.expect(409, 'POST', `${at}/stock`, { change: '-4', reason: 'Broke' });
    await shop.expect(422, 'POST', `${at}/stock`, { change: '1', set: '1', reason: 'Both' });
    const { body: refused } = await shop.expect(422, 'PATCH', at, { stock: '100' });
    expect(refused.errors[0]).toMatchObject({ pointer: '/stock', code: 'stockTracked' });
    const { body: same } = await shop.expect(200, 'PATCH', at, { stock: '3.0', name: 'Big cup' });
    expect(same).toMatchObject({ stock: '3', name: 'Big cup' });
    const timeline = await shop.expect(200, 'GET', `${at}/timeline`);
    expect(timeline.body.data[1]).toMatchObject({
      ...{ type: 'product.stockAdjusted', changes: { reason: 'Broke', stock: ['5', '3'] } },
    });
    const loose = await makeCup(null);
    await shop.expect(409, 'POST', `/v1/products/${loose.id}/stock`, {
      change: '1',
      reason: 'Found',
    });
    await shop.expect(200, 'POST', `/v1/products/${loose.id}/stock`, {
      set: '4',
      reason: 'Counted',
    });
    expect(await stockOf(loose.id)).toEqual({ stock: '4', reserved: '0', available: '4' });
  });

  test('takes its orders with it when duplicates are merged', async () => {
    const [kept, gone] = [await makeCup(null), await makeCup(null)];
    const order = await make('/v1/orders', { lines: [{ productId: gone.id, quantity: '1' }] });
    await shop.expect(200, 'POST', `/v1/products/${kept.id}/merge`, { duplicateIds: [gone.id] });
    const { body } = await shop.expect(200, 'GET', `/v1/orders/${order.id}`);
    expect(body.lines[0].productId).toBe(kept.id);
    const sold = await query(
      server.database.superuserUrl,
      `select product_id as id from order_lines where order_id = '${order.id}'`,
    );
    expect(sold).toEqual([{ id: kept.id }]);
  });

  test('is in a category that is never above itself', async () => {
    const a = await make('/v1/product-categories', { name: 'A' });
    const b = await make('/v1/product-categories', { name: 'B', parentId: a.id });
    const { body } = await shop.expect(422, 'PATCH', `/v1/product-categories/${a.id}`, {
      parentId: b.id,
    });
    expect(body.errors[0]).toMatchObject({ pointer: '/parentId', code: 'cycle' });
  });
});

describe('a draft', () => {
  test('keeps the lines that are sent again as they were', async () => {
    const cup = await makeCup(null);
    const order = await make('/v1/orders', { lines: [{ productId: cup.id, quantity: '1' }] });
    const at = `/v1/orders/${order.id}`;
    const { body } = await shop.expect(200, 'PATCH', at, {
      lines: [{ productId: cup.id, quantity: '1.0' }],
    });
    expect(body).toMatchObject({ version: 1, lines: [{ id: order.lines[0].id }] });
    const { body: more } = await shop.expect(200, 'PATCH', at, {
      lines: [...order.lines, { name: 'Wrapping', quantity: '1', unitPrice: '3' }],
    });
    expect(more).toMatchObject({ version: 2, total: '25.00' });
    expect(more.lines[0].id).toBe(order.lines[0].id);
    await shop.expect(422, 'PATCH', at, {
      lines: [{ name: 'None', quantity: '0', unitPrice: '1' }],
    });
    await shop.expect(204, 'DELETE', at);
    const sold = () =>
      query(
        server.database.superuserUrl,
        `select 1 from order_lines where order_id = '${order.id}'`,
      );
    expect(await sold()).toEqual([]);
    await shop.expect(200, 'POST', `${at}/restore`);
    expect(await sold()).toHaveLength(2);
  });
});
