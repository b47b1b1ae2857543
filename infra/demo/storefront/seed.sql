-- First wares and a history of 12,000 purchases; the same on every machine, and laid once.
insert into shop.category (id, name)
select number, name
  from unnest(array['Kitchen', 'Desk', 'Garden', 'Travel', 'Light', 'Sound']) with ordinality as t (name, number)
    on conflict do nothing;

insert into shop.product (id, category_id, name, description, price_cents)
select id,
       1 + id % 6,
       (array['Blue', 'Quiet', 'Folding', 'Tall', 'Walnut', 'Steel', 'Little', 'Warm'])[1 + id % 8] || ' ' ||
       (array['mug', 'lamp', 'chair', 'kettle', 'radio', 'bottle', 'clock', 'basket', 'shelf', 'blanket', 'notebook',
              'speaker', 'planter', 'suitcase', 'board'])[1 + id / 8 % 15],
       'Made to be used every day, number ' || id || ' of our catalogue',
       490 + id * 7919 % 19000
  from generate_series(1, 120) as id
    on conflict do nothing;

insert into shop.purchase (id, customer_id, placed_at, total_cents)
select id, 'u' || 100 + id * 31 % 400, timestamptz '2025-01-01' + id * interval '40 minutes', 1000 + id * 7919 % 40000
  from generate_series(1, 12000) as id
 where not exists (select from shop.purchase where purchase.id = 12000);

-- Low numbers sell best: the square pulls towards them.
insert into shop.purchase_line (purchase_id, product_id, quantity, price_cents)
select distinct on (purchase_id, product_id)
       purchase_id, product_id, 1 + purchase_id % 3, 490 + product_id * 7919 % 19000
  from generate_series(1, 12000) as purchase_id,
       generate_series(1, 5) as line,
       lateral (
           select 1 + floor(120 * power((purchase_id * 7919 + line * 104729) % 1000 / 1000.0, 2))::int
       ) as t (product_id)
 where not exists (select from shop.purchase_line where purchase_line.purchase_id = 12000)
 order by purchase_id, product_id;

insert into stock.warehouse (id, name, capacity)
values (1, 'Busan', 60000), (2, 'Incheon', 40000), (3, 'Daegu', 25000), (4, 'Gwangju, being built', 0)
    on conflict do nothing;

-- Every 29th product lost its supplier: its label cannot be printed.
insert into stock.level (warehouse_id, product_id, quantity, supplier)
select warehouse_id, product_id, 40,
       case when product_id % 29 <> 0 then jsonb_build_object('name', 'Supplier ' || product_id % 7, 'country', 'KR') end
  from generate_series(1, 3) as warehouse_id, generate_series(1, 120) as product_id
    on conflict do nothing;
