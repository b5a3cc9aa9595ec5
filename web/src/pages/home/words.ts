import { words } from '../../i18n/words';

export const homeWords = words({
  en: {
    hello: (name: string) => `Hello, ${name}`,
    nothing: 'Your roles show no dashboards',
    hint: 'The navigation has what you may do. Ask an administrator for a role that may view reports.',
  },
  de: {
    hello: (name: string) => `Hallo, ${name}`,
    nothing: 'Ihre Rollen zeigen keine Dashboards',
    hint: 'In der Navigation steht, was Sie dürfen. Bitten Sie eine Administratorin um eine Rolle, die Berichte sehen darf.',
  },
});
