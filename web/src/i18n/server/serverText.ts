import { once } from '../once';
import { titled } from '../titled';
import { isPattern, patternOf, translated } from './pattern';

/** What the server says, by what it says: its English text is the key. What is not in it is shown as it came. */
export interface Catalogue {
  /** The built-in reports. The texts of other ones are their author's, and are never half translated. */
  reports: readonly string[];
  /** Titles, sentences and columns of the built-in reports, and the names that their parts have in addresses. */
  definitions: Record<string, string>;
  /** Words that the built-in reports write into cells, by the column. All else in a cell is data. */
  cells: Record<string, Record<string, string>>;
  /** Names and descriptions of the roles that come with the program. */
  roles: Record<string, string>;
  /** Reasons, and sentences about what went wrong, with holes for values. */
  sentences: Record<string, string>;
  /** Words of the server that stand in holes of these names, and no others: "{any}" stands for any. */
  values: Record<string, Record<string, string>>;
}

/** The texts of a report. */
export interface ReportText {
  /** A title, a sentence or the name of a column. */
  text: (text: string) => string;
  /** The name of a table, an option, a filter or of an option's value, such as per_call_up, as a label. */
  label: (name: string) => string;
  /** A text in a column. */
  cell: (column: string, text: string) => string;
}

/** What the server says, in the language of the reader. */
export interface ServerText {
  /** A reason, or a sentence about what went wrong. */
  said: (text: string) => string;
  /** The texts of a report, by its name. */
  report: (name: string) => ReportText;
  /** A role's name or description. */
  role: (role: { system: boolean }, text: string) => string;
}

const asItIs = (text: string) => text;

/** What a record says of a text that may be anybody's, such as "constructor". */
const of = (record: Record<string, string> | undefined, text: string): string | undefined =>
  record && Object.hasOwn(record, text) ? record[text] : undefined;

const english: ReportText = { text: asItIs, label: titled, cell: (_, text) => text };

/** The server's own language. */
export const englishText: ServerText = { said: asItIs, report: () => english, role: (_, text) => text };

/** A hole of this name holds another sentence of the server. Where that has no translation, neither has the whole. */
const ours = 'cause';

/** A hole of this name holds another sentence of the server, or the words of something else, such as another server, which stay as they are. */
const anybodys = 'error';

/** A text that begins with the path of the value that it is about, such as data.message_id. */
const pathed = /^(\w+(?:\.\w+|\[\d+\])*: )([\s\S]+)$/;

type Value = (hole: string, text: string) => string | undefined;

/** What texts are by a record of them, of which some have holes; undefined where none fits. */
function lookup(record: Record<string, string>, value: Value): (text: string) => string | undefined {
  const patterns = once((_: '') =>
    Object.entries(record)
      .filter(([text]) => isPattern(text))
      .map(([text, translation]) => patternOf(text, translation))
      .sort((a, b) => b.fixed - a.fixed),
  );
  return (text) => {
    const exact = of(record, text);
    if (exact !== undefined) return exact;
    for (const pattern of patterns('')) {
      const found = translated(text, pattern, value);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** The texts of a catalogue. */
export function textOf(catalogue: Catalogue): ServerText {
  const { definitions, cells, roles } = catalogue;
  const own: ReportText = {
    text: (text) => of(definitions, text) ?? text,
    label: (name) => of(definitions, name) ?? titled(name),
    cell: (column, text) => of(cells[column], text) ?? text,
  };
  const values = new Map(
    Object.entries(catalogue.values).map(([hole, record]) => [hole, lookup(record, (_, text) => text)]),
  );
  const sentence = lookup(catalogue.sentences, (hole, text) => {
    if (hole === ours) return several(text);
    if (hole === anybodys) return several(text) ?? text;
    return values.has(hole) ? values.get(hole)?.(text) : text;
  });
  /** Several sentences in one text, as where it goes on with what to do, and the path before them where it has one; all of them, or it stays as it is. */
  const several = (text: string): string | undefined => {
    const whole = sentence(text);
    if (whole !== undefined) return whole;
    const [, path, behind = ''] = pathed.exec(text) ?? [];
    if (path !== undefined) {
      const found = several(behind);
      return found === undefined ? undefined : path + found;
    }
    const parts = text.split('; ').map(sentence);
    return parts.every((part) => part !== undefined) ? parts.join('; ') : undefined;
  };
  return {
    said: once((text: string) => several(text) ?? text),
    report: (name) => (catalogue.reports.includes(name) ? own : english),
    role: (role, text) => (role.system ? (of(roles, text) ?? text) : text),
  };
}
