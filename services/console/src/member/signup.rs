//! Sign-up: a person, their company and its name come into being together, or not at all.

use std::time::Duration;

use naru_auth::{Actor, Role};
use naru_ids::{TenantId, UserId};

use super::{
    check::{self, Problems, fold_email},
    password::{self, PasswordProblem},
};
use crate::{
    app::App,
    error::Error,
    session::{self, Opened, throttle::SIGN_UP},
    store::{StoreError, audit, mail_outbox, member, person, person::Person, tenant, tenant::Tenant},
    tenant::name::{NameProblem, Slug},
};

/// How long people may work before their mail address is proven.
pub const VERIFY_WITHIN: Duration = Duration::from_secs(24 * 3_600);

/// A form as it was typed. Without `Debug`: it holds a password.
#[expect(missing_debug_implementations, reason = "holds a password")]
pub struct Form {
    pub email: String,
    pub password: String,
    pub name: String,
    pub company: String,
    pub tenant: String,
    pub region: String,
    pub locale: String,
}

/// A form in which nothing is wrong but, perhaps, that somebody was faster.
#[derive(Debug)]
struct Checked {
    email: String,
    name: String,
    company: String,
    slug: Slug,
    region: String,
    locale: String,
}

/// Creates tenant, person, membership and session in one transaction, and owes the verification mail in the same.
pub async fn sign_up(app: &App, form: Form, address: &str) -> Result<(Opened, Tenant, Person), Error> {
    app.throttle.take(&SIGN_UP, address).await?;
    let (checked, problems) = check(app, &form);
    let problems = find_taken(app, &form, problems).await?;
    let Some(checked) = checked.filter(|_| problems.0.is_empty()) else {
        return Err(Error::Fields(problems.0));
    };
    let phc = naru_auth::password::hash(form.password).await?;

    let now = app.now();
    let tenant = Tenant {
        id: TenantId::new(now),
        slug: checked.slug.as_str().to_owned(),
        company: checked.company,
        region: checked.region,
        created: now,
    };
    let person = Person {
        id: UserId::new(now),
        email: checked.email,
        name: checked.name,
        locale: checked.locale,
        verify_by: app.after(VERIFY_WITHIN),
        verified: None,
    };
    let opened = match write(app, &tenant, &checked.slug, &person, &phc, address).await {
        Ok(opened) => opened,
        Err(error) => return Err(somebody_was_faster(app, &tenant, error).await),
    };
    app.mail_owed.notify_one();
    metrics::counter!("console_signups_total").increment(1);
    tracing::info!(tenant.id = %tenant.id, "{} signed up", tenant.id);
    Ok((opened, tenant, person))
}

/// Is the name free? `Ok(None)` = yes.
pub async fn name_problem(app: &App, text: &str) -> Result<Option<NameProblem>, Error> {
    let slug = match Slug::parse(text) {
        Ok(slug) => slug,
        Err(problem) => return Ok(Some(problem)),
    };
    // One statement: two would let a sign-up commit between them and call its own name merely confusable.
    let mut tx = app.pool.begin().await?;
    let in_use = tenant::slug_of_skeleton(&mut tx, &slug.skeleton()).await?;
    Ok(in_use.map(|name| if name == slug.as_str() { NameProblem::Taken } else { NameProblem::Confusable }))
}

/// All that can be wrong without asking the database.
fn check(app: &App, form: &Form) -> (Option<Checked>, Problems) {
    let mut problems = Problems::default();
    let email = problems.email("email", &form.email);
    if let Err(problem) = password::check(&form.password, &form.email) {
        add_password(&mut problems, problem);
    }
    let name = problems.line("name", &form.name, check::NAME_LEN_MAX);
    let company = problems.line("company", &form.company, check::COMPANY_LEN_MAX);
    let locale = problems.locale("locale", &form.locale);
    if form.region.is_empty() {
        problems.add("region", "required", "choose a region");
    } else if !app.regions.iter().any(|region| region.name == form.region) {
        problems.add("region", "unknown", "there is no such region");
    }
    let slug = match Slug::parse(&form.tenant) {
        Ok(slug) => slug,
        Err(problem) => {
            add_name(&mut problems, problem);
            return (None, problems);
        }
    };
    let region = form.region.clone();
    (Some(Checked { email, name, company, slug, region, locale }), problems)
}

/// Adds what only the database knows, so that one answer names everything.
async fn find_taken(app: &App, form: &Form, mut problems: Problems) -> Result<Problems, Error> {
    if !problems.concerns("tenant")
        && let Some(problem) = name_problem(app, &form.tenant).await?
    {
        add_name(&mut problems, problem);
    }
    if !problems.concerns("email") {
        let mut tx = app.pool.begin().await?;
        if person::by_email(&mut tx, &fold_email(&form.email)).await?.is_some() {
            add_email_taken(&mut problems);
        }
    }
    Ok(problems)
}

async fn write(
    app: &App,
    tenant: &Tenant,
    slug: &Slug,
    person: &Person,
    phc: &str,
    address: &str,
) -> Result<Opened, Error> {
    let mut tx = app.pool.begin_tenant(tenant.id).await?;
    tenant::insert(&mut tx, tenant, &slug.skeleton()).await?;
    person::insert(&mut tx, person, &fold_email(&person.email), phc, tenant.created).await?;
    member::insert(&mut tx, person.id, Role::Owner, tenant.created).await?;
    mail_outbox::insert_verification(&mut tx, person.id, tenant.created).await?;
    let actor = Some(Actor::User(person.id));
    let entry = audit::Entry { actor, action: "tenant.create", subject: tenant.id.to_string(), address };
    audit::insert(&mut tx, &entry, tenant.created).await?;
    let opened = session::open_console(&mut tx, app, person.id).await?;
    tx.commit().await?;
    Ok(opened)
}

/// Two sign-ups raced for one name or address, and the unique key chose the other.
async fn somebody_was_faster(app: &App, tenant: &Tenant, error: Error) -> Error {
    let Error::Store(store) = &error else { return error };
    let mut problems = Problems::default();
    match StoreError::unique_constraint(store) {
        Some("person_email_key") => add_email_taken(&mut problems),
        Some("tenant_slug_key") => add_name(&mut problems, NameProblem::Taken),
        Some("tenant_skeleton_key") => {
            // The same name has the same skeleton, and either key may speak first.
            let problem = match name_problem(app, &tenant.slug).await {
                Ok(problem) => problem.unwrap_or(NameProblem::Taken),
                Err(error) => return error,
            };
            add_name(&mut problems, problem);
        }
        _ => return error,
    }
    Error::Fields(problems.0)
}

fn add_name(problems: &mut Problems, problem: NameProblem) {
    problems.add("tenant", problem.code(), problem.sentence());
}

fn add_password(problems: &mut Problems, problem: PasswordProblem) {
    problems.add("password", problem.code(), problem.sentence());
}

fn add_email_taken(problems: &mut Problems) {
    problems.add("email", "taken", "there is an account with this mail address; log in instead");
}
