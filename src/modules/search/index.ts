export { GlobalSearchModule } from './search.module.js';
