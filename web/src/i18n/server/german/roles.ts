/** The roles that come with the program. */
export const roles: Record<string, string> = {
  'Super Administrator': 'Hauptadministration',
  'May do everything.': 'Darf alles.',
  Auditor: 'Revision',
  'Sees everything and changes nothing.': 'Sieht alles und ändert nichts.',
  'Tenant Administrator': 'Mandantenverwaltung',
  'Does everything for its own tenant and those below it.': 'Macht alles für den eigenen Mandanten und die darunter.',
  'Tenant Viewer': 'Mandanteneinsicht',
  'Sees the reports of its own tenant and those below it.':
    'Sieht die Berichte des eigenen Mandanten und derer darunter.',
};
