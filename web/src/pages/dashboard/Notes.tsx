import { IconInfoCircle } from '@tabler/icons-react';
import { useServerText } from '../../i18n/server/useServerText';
import { useWords } from '../../i18n/words';
import classes from './Notes.module.css';
import { dashboardWords } from './words';

/** What a reader must know and the table can't say. */
export function Notes({ notes }: { notes: string[] }) {
  const t = useWords(dashboardWords);
  const { said } = useServerText();
  if (notes.length === 0) return null;
  return (
    <ul className={classes.notes} aria-label={t.notes}>
      {notes.map((note) => (
        <li key={note} className={classes.note}>
          <IconInfoCircle size={16} stroke={1.6} aria-hidden className={classes.icon} />
          {said(note)}
        </li>
      ))}
    </ul>
  );
}
