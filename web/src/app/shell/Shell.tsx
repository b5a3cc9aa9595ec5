import { AppShell, Burger, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useWords } from '../../i18n/words';
import { Brand } from '../../parts/Brand';
import { Preferences } from '../../parts/Preferences';
import { EndedSession } from '../../session/EndedSession';
import { Account } from './Account';
import { Navigation } from './Navigation';
import classes from './Shell.module.css';
import { shellWords } from './words';

/** Header and navigation around a page. */
export function Shell() {
  const t = useWords(shellWords);
  const [opened, { toggle, close }] = useDisclosure();
  const path = useLocation({ select: (l) => l.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each new page the navigation of a phone gives way
  useEffect(close, [path]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', lg: 'xl' }}
    >
      <a className="skip" href="#content">
        {t.skip}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t.openNavigation} />
            <Link to="/" className={classes.home}>
              <Brand />
            </Link>
          </Group>
          <Group gap={4} wrap="nowrap">
            <Preferences />
            <Account />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={t.navigation}>
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
        <Outlet />
      </AppShell.Main>
      <EndedSession />
    </AppShell>
  );
}
