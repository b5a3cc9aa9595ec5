import { runWords } from '../../../runs/words';
import { rules } from './reasons';

const sum = { Total: 'Summe', All: 'Alle' };

/** Words that built-in reports write into the cells of a column, beside data such as the names of channels. */
export const cells: Record<string, Record<string, string>> = {
  Period: sum,
  Month: sum,
  Platform: sum,
  Channel: sum,
  Reason: rules,
  'Contract Mode': { PRODUCTION: runWords.de.PRODUCTION, TRIAL: runWords.de.TRIAL },
  Section: {
    'Interaction Flows': 'Interaktionsabläufe',
    'Concurrent Agent Sessions': 'Gleichzeitige Agentensitzungen',
    'Concurrent Interaction Flows': 'Gleichzeitige Interaktionsabläufe',
    'Assistance Services': 'Hilfsdienste',
    'DNIS Service': 'DNIS-Dienst',
    'Outgoing SMS': 'Ausgehende SMS',
  },
  Item: {
    ...sum,
    'Call Now': 'Sofortanruf',
    Callback: 'Rückruf',
    Chat: 'Chat',
    Email: 'E-Mail',
    'Phone Numbers': 'Rufnummern',
    'Campaign Link': 'Kampagnenlink',
  },
  Measure: {
    Runs: 'Durchläufe',
    Maximum: 'Maximum',
    Average: 'Durchschnitt',
    Clicks: 'Klicks',
    Purchased: 'Gekauft',
    Minutes: 'Minuten',
    Messages: 'Nachrichten',
  },
};
