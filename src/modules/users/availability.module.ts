import { Module } from '@nestjs/common';
import { AvailabilityService } from './availability.service.js';
import { PresenceRepository } from './presence.repository.js';

/** Who is there and who stands in, for any domain, in the API and in the worker. */
@Module({
  providers: [AvailabilityService, PresenceRepository],
  exports: [AvailabilityService, PresenceRepository],
})
export class AvailabilityModule {}
