import { useWords } from '../../../i18n/words';
import { dashboardWords } from '../words';
import classes from './DataTable.module.css';

/** A number that opens the events behind it. */
export function NumberCell({
  column,
  text,
  row,
  onOpen,
}: {
  column: string;
  text: string;
  row: string;
  onOpen: () => void;
}) {
  const t = useWords(dashboardWords);
  return (
    <td className={classes.right}>
      <button type="button" className={classes.number} aria-label={t.openEvents(column, text, row)} onClick={onOpen}>
        {text}
      </button>
    </td>
  );
}
