import { Migration } from '@mikro-orm/migrations';

/** A won deal names the order that was made of it. */
export class M0016DealOrders extends Migration {
  override up(): void {
    this.addSql(`
      alter table deals add column order_id uuid;
      alter table deals add constraint deals_order foreign key (workspace_id, order_id)
        references orders (workspace_id, id) on delete set null (order_id);
      create index deals_order on deals (workspace_id, order_id) where order_id is not null;`);
  }
}
