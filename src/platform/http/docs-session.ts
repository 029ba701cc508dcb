/**
 * The sign-in of Swagger UI: what `POST /v1/auth/login` answers there is kept, renewed before it
 * expires, and forgotten on logout. The functions run in the browser: @nestjs/swagger writes their
 * source into `swagger-ui-init.js`, so they may use nothing outside themselves but the page and,
 * by its configuration, each other.
 */

interface Tokens {
  accessToken: string;
  refreshToken: string;
  /** Seconds. */
  expiresIn: number;
}

interface Session extends Tokens {
  /** Milliseconds since 1970 by the browser's own clock. */
  refreshAt: number;
}

interface UiRequest {
  url: string;
  headers: Record<string, string>;
}

interface UiResponse {
  ok: boolean;
  url: string;
  text?: string;
}

type AuthAction = (payload: object) => void;

/** What of the browser's page the functions use. */
interface DocsPage {
  localStorage: {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
    removeItem(key: string): void;
  };
  /** Not there on plain http to other hosts than localhost. */
  navigator: { locks?: { request(name: string, work: () => Promise<void>): Promise<void> } };
  addEventListener(type: 'storage', listener: (event: { key: string | null }) => void): void;
  ui: {
    getConfigs(): { session: typeof SESSION };
    authActions: Record<'authorizeWithPersistOption' | 'logoutWithPersistOption', AuthAction>;
  };
}

function read(): Session | null {
  const { localStorage } = globalThis as unknown as DocsPage;
  return JSON.parse(localStorage.getItem('keel.session') ?? 'null') as Session | null;
}

/** Sends the access token from now on; renews it when a tenth of its life, or a minute, is left. */
function keep(tokens: Tokens): void {
  const { localStorage, ui } = globalThis as unknown as DocsPage;
  const seconds = Math.max(tokens.expiresIn - 60, tokens.expiresIn * 0.9);
  const session = { ...tokens, refreshAt: Date.now() + seconds * 1000 };
  localStorage.setItem('keel.session', JSON.stringify(session));
  const schema = { type: 'http', scheme: 'bearer' };
  const bearer = { name: 'bearer', schema, value: tokens.accessToken };
  ui.authActions.authorizeWithPersistOption({ bearer });
}

function forget(): void {
  const { localStorage, ui } = globalThis as unknown as DocsPage;
  localStorage.removeItem('keel.session');
  ui.authActions.logoutWithPersistOption(['bearer']);
}

/** Exchanges the refresh token, once however many tabs ask: one that comes back ends the session. */
async function renew(origin: string): Promise<void> {
  const { navigator, ui } = globalThis as unknown as DocsPage;
  const { session } = ui.getConfigs();
  const exchange = async (): Promise<void> => {
    const current = session.read();
    if (!current || current.refreshAt > Date.now()) return;
    const response = await fetch(`${origin}/v1/auth/refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ refreshToken: current.refreshToken }),
    });
    if (response.ok) session.keep((await response.json()) as Tokens);
    else if (response.status === 401) session.forget();
  };
  await (navigator.locks ? navigator.locks.request('keel.session', exchange) : exchange());
}

/** Swagger UI writes `filter[a]={"gte":1}` for nested objects; the API reads `filter[a][gte]=1`. */
function spellFilters(address: string): string {
  const url = new URL(address);
  const spelt = new URLSearchParams();
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('filter[') && value.startsWith('{')) {
      for (const [op, operand] of Object.entries(JSON.parse(value) as object)) {
        spelt.append(`${name}[${op}]`, String(operand));
      }
    } else spelt.append(name, value);
  }
  url.search = spelt.toString();
  return url.href;
}

/** Before each request. A token or an API key that somebody typed in is left as it is. */
async function requestInterceptor(request: UiRequest): Promise<UiRequest> {
  const { session } = (globalThis as unknown as DocsPage).ui.getConfigs();
  if (request.url.includes('filter%5B') || request.url.includes('filter[')) {
    request.url = session.spellFilters(request.url);
  }
  const kept = session.read();
  const isKept = kept && request.headers['Authorization'] === `Bearer ${kept.accessToken}`;
  if (!isKept || kept.refreshAt > Date.now()) return request;
  await session.renew(new URL(request.url).href.split('/v1/')[0] ?? '');
  const renewed = session.read();
  if (renewed) request.headers['Authorization'] = `Bearer ${renewed.accessToken}`;
  return request;
}

/** After each answer. */
function responseInterceptor(response: UiResponse): UiResponse {
  const { session } = (globalThis as unknown as DocsPage).ui.getConfigs();
  const [, action] = /\/v1\/auth\/(login|refresh|logout)$/.exec(response.url) ?? [];
  if (!response.ok || action === undefined) return response;
  if (action === 'logout') session.forget();
  else session.keep(JSON.parse(response.text ?? '') as Tokens);
  return response;
}

/** Signs this tab in and out with the others. */
function onComplete(): void {
  const page = globalThis as unknown as DocsPage;
  page.addEventListener('storage', ({ key }) => {
    if (key !== 'keel.session') return;
    const kept = page.ui.getConfigs().session.read();
    const schema = { type: 'http', scheme: 'bearer' };
    const bearer = { name: 'bearer', schema, value: kept?.accessToken };
    if (kept) page.ui.authActions.authorizeWithPersistOption({ bearer });
    else page.ui.authActions.logoutWithPersistOption(['bearer']);
  });
}

const SESSION = { read, keep, forget, renew, spellFilters };

/** Options of Swagger UI that keep the operator signed in. */
export const SESSION_OPTIONS = {
  persistAuthorization: true,
  session: SESSION,
  requestInterceptor,
  responseInterceptor,
  onComplete,
};
