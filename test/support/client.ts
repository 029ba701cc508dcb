import { setTimeout as sleep } from 'node:timers/promises';

/** An answer of the API. */
export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed when it is JSON, a problem document included; otherwise null. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what is in it, the test checks
  body: any;
}

/** Someone who calls the API with a bearer token, or (token null) without one. */
export class Client {
  constructor(
    readonly url: string,
    readonly token: string | null,
    /** What `GET /v1/auth/me` told when they signed in. */
    readonly me: { user: { id: string; email: string }; workspace: { id: string } } | null = null,
    readonly refreshToken: string | null = null,
  ) {}

  get userId(): string {
    return this.me?.user.id as string;
  }

  get workspaceId(): string {
    return this.me?.workspace.id as string;
  }

  /** The same caller at another instance, or another caller (token) at the same one. */
  with(change: { url?: string; token?: string | null }): Client {
    const token = change.token === undefined ? this.token : change.token;
    return new Client(change.url ?? this.url, token, this.me, this.refreshToken);
  }

  /** Sends a request; `body` goes as JSON unless it is a form, text, or bytes of a type. */
  async api(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const isRaw = body instanceof FormData || body instanceof Blob || typeof body === 'string';
    const response = await fetch(new URL(path, this.url), {
      method,
      redirect: 'manual',
      headers: {
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined || isRaw ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined || isRaw ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    const { status, headers: answered } = response;
    return {
      status,
      headers: answered,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : null,
    };
  }

  /** As {@link api}; fails with the whole answer when the status is another. */
  async expect(
    status: number,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply> {
    let reply = await this.api(method, path, body, headers);
    // A busy machine has the server turn requests away before it does anything with them.
    for (let tries = 0; status !== 503 && isOverloaded(reply) && tries < 5; tries += 1) {
      await sleep(Number(reply.headers.get('retry-after')) * 1000);
      reply = await this.api(method, path, body, headers);
    }
    if (reply.status === status) return reply;
    throw new Error(`${method} ${path}: ${reply.status} instead of ${status}: ${reply.text}`);
  }
}

const isOverloaded = ({ status, text }: Reply): boolean =>
  status === 503 && text.includes('more to do than it can');

/** Signs in and asks who that is. */
export async function signIn(
  url: string,
  email: string,
  password: string,
  workspaceId?: string,
): Promise<Client> {
  const anonymous = new Client(url, null);
  const login = { email, password, ...(workspaceId === undefined ? {} : { workspaceId }) };
  const { body: tokens } = await anonymous.expect(200, 'POST', '/v1/auth/login', login);
  const { body: me } = await anonymous
    .with({ token: tokens.accessToken })
    .expect(200, 'GET', '/v1/auth/me');
  return new Client(url, tokens.accessToken, me, tokens.refreshToken);
}
