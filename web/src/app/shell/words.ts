import { words } from '../../i18n/words';

export const shellWords = words({
  en: {
    skip: 'Skip to content',
    navigation: 'Navigation',
    openNavigation: 'Open or close the navigation',
    dashboards: 'Dashboards',
    manage: 'Manage',
    exports: 'Reports',
    schedules: 'Scheduled reports',
    members: 'Members',
    tenants: 'Tenants',
    signedInAs: 'Signed in as',
    signOut: 'Sign out',
    account: (name: string) => `Account of ${name}`,
    provider: 'Service provider',
  },
  de: {
    skip: 'Zum Inhalt',
    navigation: 'Navigation',
    openNavigation: 'Navigation öffnen oder schließen',
    dashboards: 'Dashboards',
    manage: 'Verwalten',
    exports: 'Berichte',
    schedules: 'Geplante Berichte',
    members: 'Mitglieder',
    tenants: 'Mandanten',
    signedInAs: 'Angemeldet als',
    signOut: 'Abmelden',
    account: (name: string) => `Konto von ${name}`,
    provider: 'Dienstanbieter',
  },
});
