import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/index.js';
import { WorkspacesRepository } from './workspaces.repository.js';

/** Workspaces: the wall between tenants, and its settings. */
@Module({
  imports: [AuthModule],
  providers: [WorkspacesRepository],
})
export class WorkspacesModule {}
