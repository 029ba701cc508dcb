// Baseline: what one would write by hand with Fastify and pg on the same table, with no guards: no
// sign-in, access rules, throttle, ETag, row level security, audit or events. argv: URL, workspace.
import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import pg from 'pg';

const [url, workspace] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: 10 });
const app = Fastify();

const toRecord = (row) => ({
  id: row.id,
  address:
    row.address_street || row.address_city || row.address_region || row.address_postal_code
      ? {
          street: row.address_street,
          city: row.address_city,
          region: row.address_region,
          postalCode: row.address_postal_code,
          country: row.address_country,
        }
      : null,
  firstName: row.first_name,
  lastName: row.last_name,
  email: row.email,
  phone: row.phone,
  phoneOriginal: row.phone_original,
  phoneValid: row.phone_valid,
  mobile: row.mobile,
  mobileOriginal: row.mobile_original,
  mobileValid: row.mobile_valid,
  title: row.title,
  companyId: row.company_id,
  lifecycleStage: row.lifecycle_stage,
  source: row.source,
  language: row.language,
  timeZone: row.time_zone,
  ownerId: row.owner_id,
  tags: row.tags,
  custom: row.custom,
  externalIds: row.external_ids,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  createdBy: row.created_by,
  updatedBy: row.updated_by,
});

app.get('/contacts/:id', async (request, reply) => {
  const { rows } = await pool.query({
    name: 'get',
    text: 'select * from contacts where workspace_id = $1 and id = $2 and deleted_at is null',
    values: [workspace, request.params.id],
  });
  return rows[0] ? toRecord(rows[0]) : reply.code(404).send({ error: 'not found' });
});

app.get('/contacts', async (request) => {
  const { rows } = await pool.query({
    name: 'list',
    text: `select * from contacts where workspace_id = $1 and lifecycle_stage = $2
      and created_at >= $3 and deleted_at is null order by created_at desc, id desc limit 50`,
    values: [workspace, request.query.stage, request.query.since],
  });
  return { data: rows.map(toRecord) };
});

app.post('/contacts', async (request, reply) => {
  const { firstName, lastName, email, phone, title, lifecycleStage } = request.body;
  const { rows } = await pool.query({
    name: 'insert',
    text: `insert into contacts (workspace_id, id, first_name, last_name, email, phone, title,
        lifecycle_stage) values ($1, $2, $3, $4, $5, $6, $7, $8) returning *`,
    values: [workspace, randomUUID(), firstName, lastName, email, phone, title, lifecycleStage],
  });
  return reply.code(201).send(toRecord(rows[0]));
});

await app.listen({ port: 0, host: '127.0.0.1' });
process.send({ port: app.server.address().port });
process.on('disconnect', () => process.exit());
