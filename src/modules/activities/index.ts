export { activityObject, ActivitiesService } from './activities.service.js';
export { ActivityReminders } from './activity-reminders.js';
export { ActivitiesModule } from './activities.module.js';
