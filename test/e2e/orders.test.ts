import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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
