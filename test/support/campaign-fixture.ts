import type { INestApplicationContext } from '@nestjs/common';
import type { Config } from '../../src/config/config.js';
import { SendingOptions, WinnerWatch } from '../../src/modules/campaigns/index.js';
import type { Client } from './client.js';
import { startWorker } from './imports.js';
import { startServer } from './server.js';
import type { TestServer } from './server.js';
import { startSmtpReceiver } from './smtp-receiver.js';
import type { SmtpReceiver } from './smtp-receiver.js';
import { eventually } from './worker-app.js';

/** A worker that sends through the server, with what tests wait for made short. */
export async function startSender(
  config: Config,
  { smtpUrl, publicUrl }: { smtpUrl: string; publicUrl: string },
  options: Partial<SendingOptions> = {},
): Promise<INestApplicationContext> {
  const settings = { smtpUrl, mailFrom: 'Keel <crm@keel.example>', publicUrl };
  const worker = await startWorker({ ...config, ...settings });
  Object.assign(worker.get(SendingOptions, { strict: false }), {
    ...{ lease: 2000, pause: 50, longestPause: 500, retries: [100, 200] },
    ...options,
  });
  worker.get(WinnerWatch, { strict: false }).start();
  return worker;
}

/** A server, a mail server, a worker that sends through it, and a workspace that may mail. */
export interface CampaignStage {
  server: TestServer;
  smtp: SmtpReceiver;
  /** Closed with the stage; a test may put another in its place. */
  worker: INestApplicationContext;
  boss: Client;
  /** Does something to a campaign; the answer. */
  does: (id: string, deed: string, body?: object, status?: number) => Promise<any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- what is in it, the test checks
  close(): Promise<void>;
}

export async function startCampaignStage(
  name: string,
  mailServer: Parameters<typeof startSmtpReceiver>[0] = {},
): Promise<CampaignStage> {
  const server = await startServer();
  const smtp = await startSmtpReceiver(mailServer);
  const worker = await startSender(server.config, { smtpUrl: smtp.url, publicUrl: server.url });
  const boss = await server.createWorkspace(name);
  await openPurpose(boss);
  const stage: CampaignStage = {
    ...{ server, smtp, worker, boss },
    does: async (id, deed, body = {}, status = 200) =>
      (await boss.expect(status, 'POST', `/v1/campaigns/${id}/${deed}`, body)).body,
    async close() {
      await stage.worker.close();
      await smtp.stop();
      await server.close();
    },
  };
  return stage;
}

/** A purpose that needs no consent to begin with: whoever has not withdrawn may be mailed. */
export async function openPurpose(client: Client, key = 'news'): Promise<void> {
  const purpose = { key, name: key, channels: ['email'], consentNeeded: false };
  await client.expect(201, 'POST', '/v1/consent-purposes', purpose);
}

export interface TestContact {
  firstName?: string;
  lastName: string;
  email: string | null;
  timeZone?: string;
  tags?: string[];
  companyId?: string;
}

/** Makes contacts; their ids by their last names. */
export async function makeContacts(
  client: Client,
  records: TestContact[],
): Promise<Map<string, string>> {
  const { body } = await client.expect(200, 'POST', '/v1/contacts/batch', {
    ...{ operation: 'create', records },
  });
  return new Map(
    records.map(({ lastName }, index) => [lastName, body.results[index].id as string]),
  );
}

/** A campaign of the purpose `news` for contacts with a tag. */
export async function makeCampaign(client: Client, tag: string, more: object = {}) {
  const body = {
    ...{ name: `Campaign ${tag}`, purpose: 'news', subject: 'Hello {{ contact.firstName }}' },
    html: '<p>Dear {{ contact.firstName | default: "friend" }}</p>',
    audienceWhere: { field: 'tags', op: 'has', value: tag },
    ...more,
  };
  return (await client.expect(201, 'POST', '/v1/campaigns', body)).body;
}

/** Waits until a campaign is in a state. */
export const untilStatus = (client: Client, id: string, status: string, timeout = 30_000) =>
  eventually(
    async () => (await client.expect(200, 'GET', `/v1/campaigns/${id}`)).body,
    (campaign) => campaign.status === status,
    timeout,
  );

export const figuresOf = async (client: Client, id: string) =>
  (await client.expect(200, 'GET', `/v1/campaigns/${id}/figures`)).body;

/** How many mails each address got. */
export function mailsByAddress({ mails }: Pick<SmtpReceiver, 'mails'>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { to } of mails) {
    for (const address of to) counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  return counts;
}
