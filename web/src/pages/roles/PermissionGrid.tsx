import { Checkbox, Text } from '@mantine/core';
import { useWords } from '../../i18n/words';
import { actions, entities, permissionsOf, providerOnly, type Square, squareOf } from '../../roles/permissions';
import { permissionWords } from '../../roles/permissionWords';
import type { Action, Entity } from '../../session/permission';
import classes from './PermissionGrid.module.css';
import { rolesWords } from './words';

interface Props {
  squares: ReadonlySet<Square>;
  onChange: (squares: Set<Square>) => void;
  /** Whether the role is for members of tenants, for whom some squares are not. */
  ofTenant: boolean;
  /** What may be given: the squares of whoever fills them in, and those that the role had before. */
  giveable: ReadonlySet<Square>;
  readOnly: boolean;
}

/** What a role allows: areas by actions, with All for a row, a column, or the whole. What can't be given can't be ticked. */
export function PermissionGrid({ squares, onChange, ofTenant, giveable, readOnly }: Props) {
  const t = useWords(rolesWords);
  const p = useWords(permissionWords);
  const open = (entity: Entity, action: Action) =>
    !readOnly && giveable.has(squareOf(entity, action)) && !(ofTenant && providerOnly(entity, action));
  /** Boxes that fill several squares: those of them that can be ticked. */
  const group = (pairs: [Entity, Action][]) => {
    const all = pairs.map(([e, a]) => squareOf(e, a));
    const settable = pairs.filter(([e, a]) => open(e, a)).map(([e, a]) => squareOf(e, a));
    const filled = all.filter((s) => squares.has(s)).length;
    const checked = filled > 0 && filled === all.length;
    const every = settable.every((s) => squares.has(s));
    return {
      checked,
      indeterminate: filled > 0 && !checked,
      disabled: settable.length === 0,
      onChange: () => {
        const next = new Set(squares);
        for (const s of settable) {
          if (every) next.delete(s);
          else next.add(s);
        }
        onChange(next);
      },
    };
  };
  const everything = entities.flatMap((e) => actions.map((a): [Entity, Action] => [e, a]));
  const lacks =
    !readOnly && everything.some(([e, a]) => !giveable.has(squareOf(e, a)) && !(ofTenant && providerOnly(e, a)));
  return (
    <div>
      <table className={classes.grid} aria-label={t.permissions}>
        <thead>
          <tr>
            <th scope="col">{t.area}</th>
            {actions.map((a) => (
              <th key={a} scope="col">
                <span>{p[a]}</span>
                <Checkbox
                  size="sm"
                  aria-label={t.column(p[a])}
                  {...group(entities.map((e): [Entity, Action] => [e, a]))}
                />
              </th>
            ))}
            <th scope="col">
              <span>{p.ALL}</span>
              <Checkbox size="sm" aria-label={t.column(p.ALL)} {...group(everything)} />
            </th>
          </tr>
        </thead>
        <tbody>
          {entities.map((e) => {
            const note =
              ofTenant && e === 'SETTINGS' ? t.providerOnly : ofTenant && e === 'TENANTS' ? t.providerOnlyTenants : '';
            return (
              <tr key={e}>
                <th scope="row">
                  {p[e]}
                  <Text size="xs" c="dimmed" fw={400}>
                    {note || t[`${e}_about`]}
                  </Text>
                </th>
                {actions.map((a) => {
                  const square = squareOf(e, a);
                  return (
                    <td key={a}>
                      <Checkbox
                        size="sm"
                        aria-label={t.square(p[a], p[e])}
                        checked={squares.has(square)}
                        disabled={!open(e, a)}
                        onChange={(event) => {
                          const next = new Set(squares);
                          if (event.currentTarget.checked) next.add(square);
                          else next.delete(square);
                          onChange(next);
                        }}
                      />
                    </td>
                  );
                })}
                <td>
                  <Checkbox
                    size="sm"
                    aria-label={t.square(p.ALL, p[e])}
                    {...group(actions.map((a): [Entity, Action] => [e, a]))}
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {lacks && (
        <Text size="xs" c="dimmed" mt="xs">
          {t.lacking}
        </Text>
      )}
    </div>
  );
}

/** In how many areas permissions allow something. */
export function areasOf(squares: ReadonlySet<Square>): number {
  return new Set(permissionsOf(squares).map((p) => p.entity)).size;
}
