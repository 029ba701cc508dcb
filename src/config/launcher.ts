/** Whether this process is what `npm start` runs, and should end when npm is gone. */
export function isNpmStart(): boolean {
  return process.env.npm_lifecycle_event === 'start';
}
