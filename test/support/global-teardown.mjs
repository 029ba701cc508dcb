/** After the last suite: stops PostgreSQL and removes what global-setup.mjs made. */
export default async function globalTeardown() {
  await globalThis.keelTestRun?.stop();
}
