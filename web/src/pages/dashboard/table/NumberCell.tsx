import { useWords } from '../../../i18n/words';
import { dashboardWords } from '../words';
import classes from './DataTable.module.css';

/** A number that opens the events behind it. */
export function NumberCell({
  column,
  text,
  row,
  compared,
  onOpen,
}: {
  column: string;
  text: string;
  row: string;
  /** What it was in the period before, and how it has changed. */
  compared?: string;
  onOpen: () => void;
}) {
  const t = useWords(dashboardWords);
  return (
    <td className={classes.right}>
      {compared && <span className={classes.compared}>{compared}</span>}
      <button type="button" className={classes.number} aria-label={t.openEvents(column, text, row)} onClick={onOpen}>
        {text}
      </button>
    </td>
  );
}
