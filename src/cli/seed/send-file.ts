import { OperatorError } from '../../common/operator-error.js';
import type { ApiClient } from '../api-client.js';
import { followImport } from '../import-progress.js';
import type { ImportState } from '../import-progress.js';
import { bytesOf, KEY } from './files.js';
import type { SeedFile } from './files.js';
import type { SeedPlan } from './plan.js';

const BOUNDARY = 'keel-seed-7f3a91c2e05b4d68';
const NAME = 'keel-seed-';

/** Sends a file as it is made, nothing of it being kept, and waits until it has been imported. */
export async function sendFile(
  api: ApiClient,
  plan: SeedPlan,
  file: SeedFile,
): Promise<ImportState> {
  const { object, mapping } = file;
  const options = { object, format: 'csv', mode: 'upsert', matchOn: KEY, mapping };
  const started = await api.json<ImportState>('/v1/imports', {
    method: 'POST',
    stream: () => ({
      contentType: `multipart/form-data; boundary=${BOUNDARY}`,
      chunks: multipart(options, `${NAME}${object}.csv`, bytesOf(file, plan)),
    }),
  });
  return followImport(api, started);
}

/** Waits for imports of a run that was killed: two that write the same rows would be in each other's way. */
export async function awaitEarlierImports(api: ApiClient): Promise<void> {
  const { data } = await api.json<{ data: ImportState[] }>('/v1/imports?limit=100');
  for (const state of data) {
    if (!state.file.name.startsWith(NAME) || !['queued', 'running'].includes(state.status))
      continue;
    console.log(`Waiting for ${state.object} that an earlier run has sent`);
    await followImport(api, state);
  }
}

/**
 * Rows can be refused where somebody has gone on with what an earlier run made: that stays.
 * @throws OperatorError when the import did not come to its end.
 */
export function assertCompleted({ id, object, status, totals, problem }: ImportState): void {
  if (status !== 'completed') {
    throw new OperatorError(problem?.detail ?? `The import of ${object} was ${status}.`);
  }
  if (totals.failed > 0) console.log(`Why they failed: GET /v1/imports/${id}/errors`);
}

function* multipart(options: object, name: string, file: Iterable<Buffer>): Generator<Buffer> {
  yield Buffer.from(
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="options"\r\n\r\n` +
      `${JSON.stringify(options)}\r\n--${BOUNDARY}\r\n` +
      `content-disposition: form-data; name="file"; filename="${name}"\r\n` +
      'content-type: text/csv\r\n\r\n',
  );
  yield* file;
  yield Buffer.from(`\r\n--${BOUNDARY}--\r\n`);
}
