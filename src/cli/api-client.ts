import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { OperatorError } from '../common/operator-error.js';
import { commandLineKeyFile, loadConfig } from '../config/config.js';
import { commandLineSettings } from '../config/launcher.js';

interface ProblemBody {
  detail?: string;
  errors?: { pointer: string; detail: string }[];
}

export interface Sent {
  method?: string;
  body?: FormData;
  /** Goes as JSON. */
  json?: unknown;
  /** A body in pieces; made anew when the request has to be sent again. */
  stream?: () => { contentType: string; chunks: Iterable<Buffer> };
  /** The version that a record must still have. */
  ifMatch?: number;
  accept?: string;
}

/** What the server does not take. */
export class Refusal extends OperatorError {
  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(detail);
  }
}

/** Tries of a request that the server turns away because it has too much to do. */
const TRIES = 30;

/** The API, as the command line calls it. */
export class ApiClient {
  private constructor(
    readonly url: string,
    private readonly key: string,
  ) {}

  /**
   * Finds the server (`KEEL_URL`, else HOST and PORT) and the key (`KEEL_API_KEY`, else the one
   * that `npm start` left for this machine).
   * @throws OperatorError when there is no key.
   */
  static async connect(): Promise<ApiClient> {
    const config = loadConfig();
    const { url = `http://${config.host}:${config.port}`, apiKey } = commandLineSettings();
    return new ApiClient(url, apiKey ?? (await keyOfThisMachine(commandLineKeyFile(config))));
  }

  /**
   * What the server turns away for now is sent again when it says.
   * @throws Refusal with what the server's problem says.
   */
  async request(path: string, sent: Sent = {}): Promise<Response> {
    for (let tries = 1; ; tries += 1) {
      const response = await this.send(path, sent);
      if (response.ok) return response;
      const wait = Number(response.headers.get('retry-after'));
      const isTurnedAway = response.status === 429 || response.status === 503;
      if (!isTurnedAway || wait === 0 || tries === TRIES) {
        throw new Refusal(response.status, await problemText(response));
      }
      await response.body?.cancel();
      await sleep(wait * 1000);
    }
  }

  private async send(path: string, sent: Sent): Promise<Response> {
    const { method = 'GET', accept = 'application/json', ifMatch } = sent;
    const { body, contentType } = bodyOf(sent);
    try {
      return await fetch(new URL(path, this.url), {
        method,
        ...(body === undefined ? {} : { body, duplex: 'half' }),
        headers: {
          ...{ authorization: `Bearer ${this.key}`, accept },
          ...(contentType === undefined ? {} : { 'content-type': contentType }),
          ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
        },
      });
    } catch (error) {
      const { cause } = error as Error;
      const reason = cause instanceof Error ? cause.message || String(cause) : String(error);
      throw new OperatorError(`${this.url} does not answer (${reason}). Is Keel running there?`);
    }
  }

  async json<T>(path: string, sent?: Sent): Promise<T> {
    return (await this.request(path, sent)).json() as Promise<T>;
  }
}

function bodyOf({ body, json, stream }: Sent): {
  body?: NonNullable<RequestInit['body']>;
  contentType?: string;
} {
  if (json !== undefined) return { body: JSON.stringify(json), contentType: 'application/json' };
  if (!stream) return body ? { body } : {};
  const { contentType, chunks } = stream();
  return { contentType, body: Readable.toWeb(Readable.from(chunks)) as ReadableStream };
}

async function keyOfThisMachine(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) return (JSON.parse(text) as { key: string }).key;
  throw new OperatorError(
    'No API key. Start Keel here with npm start, or set KEEL_URL and KEEL_API_KEY.',
  );
}

async function problemText(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { detail = '', errors = [] } = JSON.parse(text) as ProblemBody;
    return [detail, ...errors.map((error) => `  ${error.pointer} ${error.detail}`)].join('\n');
  } catch {
    return `The server answered ${response.status}: ${text.slice(0, 200)}`;
  }
}
