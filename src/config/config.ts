import { join } from 'node:path';
import {
  Contains,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  validateSync,
} from 'class-validator';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** An address with a place for a token. */
const LINK = /^https?:\/\/[^\s/]\S*\{token\}\S*$/;

/**
 * Every setting of a Keel process, read once from the environment. `.env.example` lists them with
 * their defaults; no other file reads `process.env`.
 */
export class Config {
  /** Port of the HTTP server; 0 takes a free one. */
  @IsInt() @Min(0) @Max(65_535) port = 3000;
  /** Address the HTTP server listens on. */
  @IsString() host = '127.0.0.1';
  /** Port where a worker answers health and metrics; absent: none. 0 takes a free one. */
  @IsOptional() @IsInt() @Min(0) @Max(65_535) workerPort?: number;
  /** Folder of the embedded database; absent: a place chosen for the user who starts Keel. */
  @IsOptional() @IsString() dataDir?: string;
  /** First administrator, made when the database has no user. */
  @IsOptional() @IsString() adminEmail?: string;
  @IsOptional() @IsString() adminPassword?: string;
  /** PostgreSQL to use instead of the embedded one (role that owns the tables, not a superuser). */
  @IsOptional() @IsString() databaseUrl?: string;
  /** Connections each process holds to PostgreSQL at most. */
  @IsInt() @Min(2) @Max(500) databasePoolSize = 10;
  /** Milliseconds after which PostgreSQL ends a statement of a request. */
  @IsInt() @Min(100) statementTimeout = 15_000;
  /** Redis for cache, throttle and (unless `queueRedisUrl` is set) queues. */
  @IsOptional() @IsString() redisUrl?: string;
  /** Redis for queues alone: needs `maxmemory-policy noeviction` and AOF. */
  @IsOptional() @IsString() queueRedisUrl?: string;
  /** Requests one client may send in a window of `throttleWindow` seconds. */
  @IsInt() @Min(1) throttleLimit = 6000;
  @IsInt() @Min(1) throttleWindow = 60;
  @IsIn(LOG_LEVELS) logLevel: (typeof LOG_LEVELS)[number] = 'info';
  /** Megabytes of answers kept in each process's memory. */
  @IsInt() @Min(0) cacheMegabytes = 64;
  /** Which entry leaves a full cache first: least recently or least frequently used. */
  @IsIn(['lru', 'lfu']) cachePolicy: 'lru' | 'lfu' = 'lru';
  /** Origins browsers may call from, separated by commas; `*` for all; empty for none. */
  @IsString() corsOrigins = '';
  /** Whether `X-Forwarded-For` is believed (set it behind a load balancer). */
  @IsIn(['true', 'false']) trustProxy: 'true' | 'false' = 'false';
  /** Days the change feed reaches back. */
  @IsInt() @Min(1) eventRetentionDays = 30;
  /** Days timelines and the audit trail reach back, and the feed with them where this is longer. */
  @IsInt() @Min(1) historyRetentionDays = 1095;
  /** Largest file an import takes, in megabytes. */
  @IsInt() @Min(1) importMegabytes = 5120;
  /** Largest file of a ticket, in megabytes. */
  @IsInt() @Min(1) attachmentMegabytes = 25;
  /** SMTP server that mails leave by: `smtps://user:password@host:465`; absent: none are sent. */
  @IsOptional() @Matches(/^smtps?:\/\/[^\s/]+/) smtpUrl?: string;
  /** Who mails come from: an address, or `Name <address>`. */
  @IsOptional() @Contains('@') mailFrom?: string;
  /** Address of this server in links that people follow; absent: host and port. */
  @IsOptional() @Matches(/^https?:\/\/[^\s/]+/) publicUrl?: string;
  /** Your page where an invited person chooses a password, with `{token}`; absent: Keel's own. */
  @IsOptional() @Matches(LINK) invitationUrl?: string;
  /** Your page where a forgotten password is set anew, with `{token}`; absent: Keel's own. */
  @IsOptional() @Matches(LINK) passwordResetUrl?: string;
}

/** The environment variable of each setting. */
export const VARIABLES: Record<keyof Config, string> = {
  port: 'PORT',
  host: 'HOST',
  workerPort: 'WORKER_PORT',
  dataDir: 'KEEL_DATA_DIR',
  adminEmail: 'KEEL_ADMIN_EMAIL',
  adminPassword: 'KEEL_ADMIN_PASSWORD',
  databaseUrl: 'DATABASE_URL',
  databasePoolSize: 'DATABASE_POOL_SIZE',
  statementTimeout: 'STATEMENT_TIMEOUT',
  redisUrl: 'REDIS_URL',
  queueRedisUrl: 'QUEUE_REDIS_URL',
  throttleLimit: 'THROTTLE_LIMIT',
  throttleWindow: 'THROTTLE_WINDOW',
  logLevel: 'LOG_LEVEL',
  cacheMegabytes: 'CACHE_MEGABYTES',
  cachePolicy: 'CACHE_POLICY',
  corsOrigins: 'CORS_ORIGINS',
  trustProxy: 'TRUST_PROXY',
  eventRetentionDays: 'EVENT_RETENTION_DAYS',
  historyRetentionDays: 'HISTORY_RETENTION_DAYS',
  importMegabytes: 'IMPORT_MEGABYTES',
  attachmentMegabytes: 'ATTACHMENT_MEGABYTES',
  smtpUrl: 'SMTP_URL',
  mailFrom: 'MAIL_FROM',
  publicUrl: 'PUBLIC_URL',
  invitationUrl: 'INVITATION_URL',
  passwordResetUrl: 'PASSWORD_RESET_URL',
};

/**
 * The environment of a process that Keel starts: our own, with some settings changed.
 * @param changes settings by their name in Config; undefined leaves the variable as it is.
 */
export function toEnvironment(changes: Partial<Config>): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const [key, value] of Object.entries(changes)) {
    if (value !== undefined) env[VARIABLES[key as keyof Config]] = String(value);
  }
  return env;
}

/** Where `npm start` leaves a key for the command line of the same machine. */
export function commandLineKeyFile(config: Pick<Config, 'dataDir'>): string {
  return join(config.dataDir ?? '.keel', 'command-line-key.json');
}

/** A setting that cannot be used; the message names the variable and what it may be. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Reads and checks the settings.
 * @throws ConfigError naming every variable that is wrong.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const config = new Config();
  for (const [key, variable] of Object.entries(VARIABLES)) {
    const raw = env[variable];
    if (raw === undefined || raw === '') continue;
    const isNumber = typeof config[key as keyof Config] === 'number' || key === 'workerPort';
    Object.assign(config, { [key]: isNumber ? Number(raw) : raw });
  }
  const errors = validateSync(config);
  if (errors.length > 0) {
    const lines = errors.map((error) => {
      const variable = VARIABLES[error.property as keyof Config];
      const rules = Object.values(error.constraints ?? {}).join(', ');
      return `${variable}=${String(error.value)}: ${rules.replaceAll(error.property, variable)}`;
    });
    throw new ConfigError(lines.join('; '));
  }
  return config;
}
