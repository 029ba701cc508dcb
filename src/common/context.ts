/** Who acts: a signed-in user, an API key of theirs, or Keel itself (imports, automations). */
export interface Principal {
  type: 'user' | 'apiKey' | 'system';
  /** Id of the user or key. */
  id: string;
  /** User whose records and name the actions carry. */
  userId: string | null;
}

/** How far a permission reaches: every record of the workspace, or those the user owns. */
export type Reach = 'all' | 'own';

/** What a principal may do: permission (`contact:read`) to reach. Absent means: not at all. */
export type Grants = ReadonlyMap<string, Reach>;

/**
 * What is known about the caller of an operation. It is the first argument of every service and
 * repository method, so that nothing can run without a workspace.
 */
export interface RequestContext {
  workspaceId: string;
  principal: Principal;
  grants: Grants;
  /** Equal for principals who see the same records; part of cache keys. */
  accessKey: string;
  requestId: string;
  ip: string | null;
  /** Session of a signed-in user; absent for API keys and Keel itself. */
  sessionId?: string;
  /** Open transaction that database calls join; set for requests with an Idempotency-Key. */
  tx?: unknown;
}

/** Where a request comes from, for operations without a caller, such as signing in. */
export type RequestOrigin = Pick<RequestContext, 'requestId' | 'ip'>;
