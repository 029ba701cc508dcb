/** Whether this process is what `npm start` runs, and should end when npm is gone. */
export function isNpmStart(): boolean {
  return process.env.npm_lifecycle_event === 'start';
}

/** The folder a command was given in: npm runs scripts in the project's folder instead. */
export function launchFolder(): string {
  return process.env.INIT_CWD ?? process.cwd();
}

/** How the command line finds the server: `KEEL_URL` and `KEEL_API_KEY`, where they are set. */
export function commandLineSettings(): { url?: string; apiKey?: string } {
  return { url: process.env.KEEL_URL, apiKey: process.env.KEEL_API_KEY };
}
