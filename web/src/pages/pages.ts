import { root } from '../app/root';
import { shell } from '../app/shell/route';
import { auditRoute } from './audit/route';
import { dashboardRoute } from './dashboard/route';
import { exportsRoute } from './exports/route';
import { homeRoute } from './home/route';
import { ingestRoute } from './ingest/route';
import { mailboxRoute } from './mailbox/route';
import { membersRoute } from './members/route';
import { profileRoute } from './profile/route';
import { roleNewRoute, roleRoute, rolesRoute } from './roles/route';
import { runRoute } from './run/route';
import { scheduleEditRoute, scheduleNewRoute, scheduleRoute, schedulesRoute } from './schedules/route';
import { settingsRoute } from './settings/route';
import { signInRoute } from './sign-in/route';
import { tenantsRoute } from './tenants/route';
import { welcomeRoute } from './welcome/route';

/** Every page. A new one is a folder beside this file, a line here, and one in navigation.ts where people find it by the navigation. */
export const pages = root.addChildren([
  signInRoute,
  welcomeRoute,
  shell.addChildren([
    homeRoute,
    dashboardRoute,
    tenantsRoute,
    exportsRoute,
    schedulesRoute,
    scheduleNewRoute,
    scheduleEditRoute,
    scheduleRoute,
    runRoute,
    membersRoute,
    rolesRoute,
    roleNewRoute,
    roleRoute,
    profileRoute,
    settingsRoute,
    ingestRoute,
    auditRoute,
    mailboxRoute,
  ]),
]);
