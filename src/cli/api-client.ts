import { readFile } from 'node:fs/promises';
import { OperatorError } from '../common/operator-error.js';
import { commandLineKeyFile, loadConfig } from '../config/config.js';
import { commandLineSettings } from '../config/launcher.js';

interface ProblemBody {
  detail?: string;
  errors?: { pointer: string; detail: string }[];
}

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

  /** @throws OperatorError with what the server's problem says. */
  async request(
    path: string,
    options: { method?: string; body?: FormData; accept?: string } = {},
  ): Promise<Response> {
    const { method = 'GET', body, accept = 'application/json' } = options;
    let response: Response;
    try {
      response = await fetch(new URL(path, this.url), {
        method,
        body,
        headers: { authorization: `Bearer ${this.key}`, accept },
      });
    } catch (error) {
      const { cause } = error as Error;
      const reason = cause instanceof Error ? cause.message || String(cause) : String(error);
      throw new OperatorError(`${this.url} does not answer (${reason}). Is Keel running there?`);
    }
    if (response.ok) return response;
    throw new OperatorError(await problemText(response));
  }

  async json<T>(path: string, options?: { method?: string; body?: FormData }): Promise<T> {
    return (await this.request(path, options)).json() as Promise<T>;
  }
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
