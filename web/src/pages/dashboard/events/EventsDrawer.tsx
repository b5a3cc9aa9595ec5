import { Drawer, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useWords } from '../../../i18n/words';
import { cellText } from '../../../reports/answers';
import type { Definition } from '../../../reports/definitions';
import type { Dashboard } from '../useDashboard';
import { CellEvents } from './CellEvents';
import { eventsWords } from './words';

/** Opens over the dashboard when its address names a number, and shows what that counts. */
export default function EventsDrawer({ definition, dashboard }: { definition: Definition; dashboard: Dashboard }) {
  const t = useWords(eventsWords);
  const { cell } = dashboard;
  const last = useRef(cell); // stays while the drawer slides away
  if (cell) last.current = cell;
  const shown = cell ?? last.current;
  // It is fetched when it is first wanted. A drawer that is there already when it opens notes where the focus was, to put it back.
  const [there, setThere] = useState(false);
  useEffect(() => setThere(true), []);
  return (
    <Drawer
      opened={there && cell !== undefined}
      onClose={dashboard.close}
      position="right"
      size="min(920px, 100vw)"
      title={<Text fw={600}>{t.title}</Text>}
      closeButtonProps={{ 'aria-label': t.close }}
    >
      {shown && <CellEvents key={cellText(shown)} definition={definition} cell={shown} asked={dashboard.asked} />}
    </Drawer>
  );
}
