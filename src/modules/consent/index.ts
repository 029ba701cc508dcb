export { ConsentModule } from './consent.module.js';
export { firstPurpose } from './purposes/first-purpose.js';
