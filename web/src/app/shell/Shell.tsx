import { Burger, Group } from '@mantine/core';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useWords } from '../../i18n/words';
import { Brand } from '../../parts/Brand';
import { Preferences } from '../../parts/Preferences';
import { Unsaved } from '../../parts/Unsaved';
import { EndedSession } from '../../session/EndedSession';
import { Account } from './Account';
import { Navigation } from './Navigation';
import classes from './Shell.module.css';
import { shellWords } from './words';

/** Header and navigation around a page. */
export function Shell() {
  const t = useWords(shellWords);
  const [opened, setOpened] = useState(false);
  const path = useLocation({ select: (l) => l.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each new page the navigation of a phone gives way
  useEffect(() => setOpened(false), [path]);
  return (
    <>
      <a className="skip" href="#content">
        {t.skip}
      </a>
      {/* The class is of the library that locks scrolling below dialogs: the header stays where it is when the scroll bar goes. */}
      <header className={`${classes.header} right-scroll-bar-position`}>
        <Group gap="sm" wrap="nowrap">
          <Burger
            opened={opened}
            onClick={() => setOpened(!opened)}
            aria-expanded={opened}
            hiddenFrom="sm"
            size="sm"
            aria-label={t.openNavigation}
          />
          <Link to="/" className={classes.home}>
            <Brand />
          </Link>
        </Group>
        <Group gap={4} wrap="nowrap">
          <Preferences />
          <Account />
        </Group>
      </header>
      <nav className={classes.navigation} data-opened={opened || undefined} aria-label={t.navigation}>
        <Navigation />
      </nav>
      <main id="content" tabIndex={-1} className={classes.main}>
        <Outlet />
      </main>
      <EndedSession />
      <Unsaved />
    </>
  );
}
