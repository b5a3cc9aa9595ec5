import { textOf } from '../serverText';
import { cells } from './cells';
import { builtIn, definitions } from './definitions';
import { roles } from './roles';
import { sentences } from './sentences';
import { values } from './values';

/** What the server says, in German. */
export const germanText = textOf({ reports: builtIn, definitions, cells, roles, sentences, values });
