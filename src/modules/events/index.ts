export { EventsModule } from './events.module.js';
export { EventsService } from './events.service.js';
export { EventStreams } from './event-streams.js';
