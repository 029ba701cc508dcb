import { Global, Module } from '@nestjs/common';
import { LinkKeysRepository } from './link-keys.repository.js';
import { SignedLinks } from './signed-links.js';

/** Links that people follow without signing in. */
@Global()
@Module({
  providers: [LinkKeysRepository, SignedLinks],
  exports: [SignedLinks],
})
export class LinksModule {}
