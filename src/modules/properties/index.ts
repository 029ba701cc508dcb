export { PropertiesModule } from './properties.module.js';
