-- Who sees which row. All of console's row-level security stands in this one file.
--
-- 1. Inside a tenant: `app.tenant_id` is set for the transaction, every table shows that tenant's rows only.
-- 2. Before a tenant is known: a row shows itself only to whoever names the one thing that finds it: a slug, a mail
--    address, or the digest of a secret. Each such look-up is one policy, for select, with a setting of its own.
-- 3. Jobs that cross tenants (expiry, mails, first data) name themselves in `app.job` and may do that one thing.
--
-- naru_console neither owns these tables nor bypasses row security; FORCE keeps even the owner inside.

grant usage on schema console to naru_console;

grant select, insert, update on console.tenant, console.person, console.member to naru_console;
grant select, insert, update, delete on console.session, console.hand_over, console.email_verification,
    console.mail_outbox to naru_console;
grant select, insert, update on console.project, console.api_token to naru_console;
grant select, insert on console.audit to naru_console;

do $$
declare
    name text;
begin
    foreach name in array array['tenant', 'person', 'member', 'session', 'hand_over', 'email_verification',
                                'project', 'api_token', 'audit', 'mail_outbox']
    loop
        execute format('alter table console.%I enable row level security', name);
        execute format('alter table console.%I force row level security', name);
    end loop;

    -- 1. Inside a tenant.
    foreach name in array array['member', 'session', 'hand_over', 'email_verification', 'project', 'api_token',
                                'audit', 'mail_outbox']
    loop
        execute format(
            'create policy own_tenant on console.%I to naru_console
                 using (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)
                 with check (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', name);
    end loop;
end
$$;

create policy own_tenant on console.tenant to naru_console
    using (id = nullif(current_setting('app.tenant_id', true), '')::uuid)
    with check (id = nullif(current_setting('app.tenant_id', true), '')::uuid);

-- A person has no tenant of their own: tenants see their members.
create policy own_member_select on console.person for select to naru_console
    using (exists (select 1
                     from console.member
                    where member.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
                      and member.person_id = person.id));
create policy own_member_update on console.person for update to naru_console
    using (exists (select 1
                     from console.member
                    where member.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
                      and member.person_id = person.id));
-- Sign-up writes the person before the membership.
create policy sign_up_insert on console.person for insert to naru_console
    with check (id = nullif(current_setting('app.lookup_person', true), '')::uuid);

-- 2. Look-ups before a tenant is known.

-- Availability of a name; a tenant host's slug.
create policy lookup_slug on console.tenant for select to naru_console
    using (slug = current_setting('app.lookup_slug', true));
-- Does an existing name look like this one?
create policy lookup_skeleton on console.tenant for select to naru_console
    using (skeleton = current_setting('app.lookup_skeleton', true));
-- Log-in, and "is this address taken".
create policy lookup_email on console.person for select to naru_console
    using (email_folded = current_setting('app.lookup_email', true));
-- Log-in, second step: the memberships of the person just found.
create policy lookup_person on console.member for select to naru_console
    using (person_id = nullif(current_setting('app.lookup_person', true), '')::uuid);
-- The console's session cookie.
create policy lookup_session on console.session for select to naru_console
    using (digest = decode(nullif(current_setting('app.lookup_session', true), ''), 'hex'));
-- A bearer token on the console host.
create policy lookup_token on console.api_token for select to naru_console
    using (mac = decode(nullif(current_setting('app.lookup_token', true), ''), 'hex'));
-- The link of a verification mail.
create policy lookup_verification on console.email_verification for select to naru_console
    using (digest = decode(nullif(current_setting('app.lookup_verification', true), ''), 'hex'));
-- A hand-over code needs no look-up: it is only good on its tenant's host, whose slug names the tenant.

-- 3. Jobs.

create policy job_expire_select on console.session for select to naru_console
    using (current_setting('app.job', true) = 'expire');
create policy job_expire_delete on console.session for delete to naru_console
    using (current_setting('app.job', true) = 'expire');
create policy job_expire_select on console.hand_over for select to naru_console
    using (current_setting('app.job', true) = 'expire');
create policy job_expire_delete on console.hand_over for delete to naru_console
    using (current_setting('app.job', true) = 'expire');
create policy job_expire_select on console.email_verification for select to naru_console
    using (current_setting('app.job', true) = 'expire');
create policy job_expire_delete on console.email_verification for delete to naru_console
    using (current_setting('app.job', true) = 'expire');

-- The mail job takes due rows of all tenants; whose mail it is, it reads inside that tenant.
create policy job_mail_select on console.mail_outbox for select to naru_console
    using (current_setting('app.job', true) = 'mail');
create policy job_mail_update on console.mail_outbox for update to naru_console
    using (current_setting('app.job', true) = 'mail');
