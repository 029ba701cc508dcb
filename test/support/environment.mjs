import { TestEnvironment } from 'jest-environment-node';

/**
 * Closes what a failed test has left open: servers that go on after their suite would disturb
 * those that come after it.
 */
export default class KeelEnvironment extends TestEnvironment {
  async teardown() {
    for (const close of this.global.keelLeftOpen ?? []) await close();
    await super.teardown();
  }
}
