import { Migration } from '@mikro-orm/migrations';
import { lockToWorkspace, RECORD_COLUMNS } from './row-security.js';

const addressColumns = (name: string): string =>
  ['street', 'city', 'region', 'postal_code', 'country']
    .map((part) => `${name}_${part} text`)
    .join(',\n        ');

/** The orders in which every object can be listed, and its bin. */
const commonIndexes = (table: string): string => `
      create index ${table}_created on ${table} (workspace_id, created_at, id)
        where deleted_at is null;
      create index ${table}_updated on ${table} (workspace_id, updated_at, id)
        where deleted_at is null;
      create index ${table}_owner on ${table} (workspace_id, owner_id, created_at, id)
        where deleted_at is null;
      create index ${table}_bin on ${table} (workspace_id, deleted_at, id)
        where deleted_at is not null;`;

/** Products with their categories, orders with their lines, numbers and payments. */
export class M0009Commerce extends Migration {
  override up(): void {
    this.categories();
    this.categoryTree();
    this.products();
    this.orders();
    this.orderIndexes();
    this.orderLines();
    this.keepOrderLines();
    this.payments();
  }

  private categories(): void {
    this.addSql(`
      create table product_categories (
        ${RECORD_COLUMNS},
        name text not null,
        code text,
        description text,
        parent_id uuid,
        primary key (workspace_id, id),
        foreign key (workspace_id, parent_id) references product_categories (workspace_id, id)
          on delete set null (parent_id)
      );
      create unique index product_categories_code_unique on product_categories (workspace_id, code)
        where code is not null and deleted_at is null;
      create index product_categories_name on product_categories (workspace_id, name, id)
        where deleted_at is null;
      create index product_categories_parent on product_categories (workspace_id, parent_id, id)
        where parent_id is not null;
      ${commonIndexes('product_categories')}
      ${lockToWorkspace('product_categories')}`);
  }

  /** No category is above itself; two moves at once wait for each other. */
  private categoryTree(): void {
    this.addSql(`
      create function product_categories_check_tree() returns trigger language plpgsql as $$
      begin
        perform pg_advisory_xact_lock(5203351, hashtext(new.workspace_id::text));
        if exists (
          with recursive above as (
            select c.id, c.parent_id from product_categories c
            where c.workspace_id = new.workspace_id and c.id = new.parent_id
            union
            select c.id, c.parent_id from product_categories c join above a on c.id = a.parent_id
            where c.workspace_id = new.workspace_id
          )
          select from above where id = new.id
        ) then
          raise exception 'A category cannot be above itself' using errcode = 'check_violation',
            constraint = 'product_categories_tree', table = 'product_categories';
        end if;
        return null;
      end $$;
      create trigger product_categories_tree_insert after insert on product_categories for each row
        when (new.parent_id is not null) execute function product_categories_check_tree();
      create trigger product_categories_tree_update after update of parent_id on product_categories
        for each row
        when (new.parent_id is not null and new.parent_id is distinct from old.parent_id)
        execute function product_categories_check_tree();`);
  }

  private products(): void {
    this.addSql(`
      create table products (
        ${RECORD_COLUMNS},
        sku text not null,
        name text not null,
        description text,
        category_id uuid,
        unit text,
        active boolean not null default true,
        tax_class text,
        tax_rate numeric,
        prices json not null default '[]',
        stock numeric check (stock >= 0),
        reserved numeric not null default 0 check (reserved >= 0),
        available numeric,
        primary key (workspace_id, id),
        foreign key (workspace_id, category_id) references product_categories (workspace_id, id)
          on delete set null (category_id)
      );
      create unique index products_sku_unique on products (workspace_id, sku)
        where deleted_at is null;
      create index products_name on products (workspace_id, name, id) where deleted_at is null;
      create index products_category on products (workspace_id, category_id, id)
        where category_id is not null;
      create index products_available on products (workspace_id, available, id)
        where deleted_at is null;
      ${commonIndexes('products')}
      ${lockToWorkspace('products')}`);
  }

  private orders(): void {
    this.addSql(`
      create table orders (
        ${RECORD_COLUMNS},
        kind text not null default 'order' check (kind in ('order', 'creditNote')),
        number integer not null,
        reference text,
        status text not null default 'draft' check (status in ('draft', 'confirmed',
          'partiallyFulfilled', 'fulfilled', 'closed', 'cancelled')),
        contact_id uuid,
        company_id uuid,
        original_order_id uuid,
        currency text not null,
        order_date date not null,
        lines json not null default '[]',
        ${addressColumns('shipping_address')},
        ${addressColumns('billing_address')},
        shipping_costs numeric not null default 0,
        shipping_tax_rate numeric not null default 0,
        notes text,
        subtotal numeric not null default 0,
        discount_total numeric not null default 0,
        tax_total numeric not null default 0,
        total numeric not null default 0,
        credited_total numeric not null default 0,
        paid_total numeric not null default 0,
        balance numeric not null default 0,
        payment_status text not null default 'unpaid',
        primary key (workspace_id, id),
        foreign key (workspace_id, contact_id) references contacts (workspace_id, id)
          on delete set null (contact_id),
        foreign key (workspace_id, company_id) references companies (workspace_id, id)
          on delete set null (company_id),
        foreign key (workspace_id, original_order_id) references orders (workspace_id, id)
          on delete set null (original_order_id)
      );
      ${lockToWorkspace('orders')}
      create table order_counters (
        workspace_id uuid not null references workspaces (id),
        kind text not null,
        last integer not null,
        primary key (workspace_id, kind)
      );
      ${lockToWorkspace('order_counters')}`);
  }

  private orderIndexes(): void {
    this.addSql(`
      create unique index orders_number_unique on orders (workspace_id, kind, number);
      create index orders_number on orders (workspace_id, number, id) where deleted_at is null;
      create unique index orders_reference_unique on orders (workspace_id, reference)
        where reference is not null and deleted_at is null;
      create index orders_date on orders (workspace_id, order_date, id) where deleted_at is null;
      create index orders_total on orders (workspace_id, total, id) where deleted_at is null;
      create index orders_status on orders (workspace_id, status, created_at, id)
        where deleted_at is null;
      create index orders_payment on orders (workspace_id, payment_status, created_at, id)
        where deleted_at is null;
      create index orders_contact on orders (workspace_id, contact_id, id)
        where contact_id is not null;
      create index orders_company on orders (workspace_id, company_id, id)
        where company_id is not null;
      create index orders_original on orders (workspace_id, original_order_id, id)
        where original_order_id is not null;
      ${commonIndexes('orders')}`);
  }

  /** What was sold, line by line, for reports; made from the orders, never written by itself. */
  private orderLines(): void {
    this.addSql(`
      create table order_lines (
        workspace_id uuid not null,
        order_id uuid not null,
        line_id uuid not null,
        position integer not null,
        kind text not null,
        status text not null,
        order_date date not null,
        currency text not null,
        product_id uuid,
        sku text,
        name text,
        quantity numeric not null,
        unit_price numeric not null,
        discount numeric not null,
        net numeric not null,
        tax numeric not null,
        total numeric not null,
        primary key (workspace_id, order_id, line_id),
        foreign key (workspace_id, order_id) references orders (workspace_id, id) on delete cascade
      );
      create index order_lines_product on order_lines (workspace_id, product_id, order_date)
        include (kind, status, currency, quantity, net) where product_id is not null;
      create index order_lines_date on order_lines (workspace_id, order_date, currency)
        include (kind, status, product_id, quantity, net);
      ${lockToWorkspace('order_lines')}`);
  }

  /**
   * Lines follow their orders whoever writes these: requests, imports, merges, the bin. One
   * statement for all the orders of a write.
   */
  private keepOrderLines(): void {
    const insert = (from: string): string => `
        insert into order_lines (workspace_id, order_id, line_id, position, kind, status,
          order_date, currency, product_id, sku, name, quantity, unit_price, discount, net, tax,
          total)
        select o.workspace_id, o.id, (l.line ->> 'id')::uuid, l.position, o.kind, o.status,
          o.order_date, o.currency, (l.line ->> 'productId')::uuid, l.line ->> 'sku',
          l.line ->> 'name', (l.line ->> 'quantity')::numeric, (l.line ->> 'unitPrice')::numeric,
          (l.line ->> 'discount')::numeric, (l.line ->> 'net')::numeric,
          (l.line ->> 'tax')::numeric, (l.line ->> 'total')::numeric
        from ${from}, json_array_elements(o.lines) with ordinality as l (line, position)
        where o.deleted_at is null`;
    this.addSql(`
      create function order_lines_of_new() returns trigger language plpgsql as $$
      begin
        ${insert('written o')};
        return null;
      end $$;
      create trigger orders_lines_insert after insert on orders
        referencing new table as written
        for each statement execute function order_lines_of_new();
      create function order_lines_of_changed() returns trigger language plpgsql as $$
      declare
        stale uuid[] := array(
          select o.id from written o join before b on b.workspace_id = o.workspace_id and b.id = o.id
          where (o.deleted_at is null, o.status, o.order_date, o.currency, o.lines::text)
            is distinct from (b.deleted_at is null, b.status, b.order_date, b.currency, b.lines::text));
      begin
        if cardinality(stale) > 0 then
          delete from order_lines l using written o
            where l.workspace_id = o.workspace_id and l.order_id = o.id and o.id = any(stale);
          ${insert('written o')} and o.id = any(stale);
        end if;
        return null;
      end $$;
      create trigger orders_lines_update after update on orders
        referencing old table as before new table as written
        for each statement execute function order_lines_of_changed();`);
  }

  private payments(): void {
    this.addSql(`
      create table order_payments (
        workspace_id uuid not null,
        id uuid not null,
        order_id uuid not null,
        kind text not null check (kind in ('payment', 'refund')),
        amount numeric not null check (amount > 0),
        currency text not null,
        method text,
        reference text,
        reason text,
        paid_at timestamptz(3) not null,
        created_at timestamptz(3) not null default now(),
        created_by uuid,
        primary key (workspace_id, id),
        foreign key (workspace_id, order_id) references orders (workspace_id, id) on delete cascade
      );
      create index order_payments_order on order_payments (workspace_id, order_id, paid_at, id);
      create index order_payments_date on order_payments (workspace_id, paid_at, id);
      ${lockToWorkspace('order_payments')}`);
  }
}
