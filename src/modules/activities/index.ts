export { activityObject, ActivitiesService } from './activities.service.js';
export { ActivitiesModule } from './activities.module.js';
