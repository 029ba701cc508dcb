export { CONTACT, ContactsService } from './contacts.service.js';
export { ContactsModule } from './contacts.module.js';
