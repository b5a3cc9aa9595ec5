import { UnstyledButton } from '@mantine/core';
import { useWords } from '../../i18n/words';
import { later } from '../../parts/later';
import { MenuButton } from '../../parts/MenuButton';
import { useWho } from '../../session/session';
import classes from './Shell.module.css';
import { shellWords } from './words';

const AccountMenu = later(() => import('./AccountMenu'));

/** Who is signed in, of whom, and the way out. */
export function Account() {
  const t = useWords(shellWords);
  const who = useWho();
  const name = who.full_name || who.name;
  return (
    <MenuButton fetch={AccountMenu.fetch} menu={(button) => <AccountMenu button={button} />}>
      <UnstyledButton aria-label={t.account(name)} style={{ borderRadius: 99 }}>
        <span aria-hidden className={classes.initials}>
          {initials(name)}
        </span>
      </UnstyledButton>
    </MenuButton>
  );
}

function initials(name: string): string {
  const parts = name.split(/[\s@.]+/).filter(Boolean);
  const last = parts.length > 1 && !name.includes('@') ? parts[parts.length - 1] : '';
  return ((parts[0]?.[0] ?? '?') + (last?.[0] ?? '')).toUpperCase();
}
