//! Every rule, in order. Each subject's own are with its settings.

use super::{Config, ConfigBuilder, token_cookies};
use crate::{
    Location,
    error::{ConfigError, Problem},
    purpose::sealed::Kind,
};

/// All rules are asked before any answer is given, so that one run shows every mistake.
pub(super) fn check(builder: ConfigBuilder) -> Result<Config, ConfigError> {
    let ConfigBuilder {
        keys,
        mut tokens,
        errors,
        locations,
        login_type,
        cookies,
        csrf,
        sessions,
        implicit_refresh,
        origins,
        dangers,
        mut report,
    } = builder;
    for warning in dangers.warnings() {
        report.warn(warning);
    }
    let keys = keys.check(&dangers, &mut report);
    tokens.check(&mut report);
    errors.check(&mut report);
    locations.check(&mut report);
    login_type.check(&mut report);
    cookies.check(&origins, &dangers, &mut report);
    csrf.check(&locations, &origins, &dangers, &mut report);
    cookies.check_prefix(&csrf, &mut report);
    let access = cookies.of(Kind::Access, &csrf, &mut report);
    let refresh = cookies.of(Kind::Refresh, &csrf, &mut report);
    if let (Some(access), Some(refresh)) = (&access, &refresh) {
        token_cookies::check_distinct(access, refresh, &mut report);
        if locations.token_locations.contains(&Location::Cookies) {
            login_type.check_names(access, refresh, &mut report);
        }
    }
    sessions.check(&tokens, &mut report);
    implicit_refresh.check(&tokens, &mut report);
    origins.check(cookies.cookie_secure, &mut report);
    let warnings = report.finish()?;
    let (Ok(keys), Some(access_cookies), Some(refresh_cookies)) = (keys, access, refresh) else {
        // Never reached: a part that is missing has left a problem. If a rule forgets that, nothing starts all the same.
        let bug = Problem::new(
            "JWT_*",
            None,
            "a rule refused a setting without a reason",
            "Report this to handstamp",
        );
        return Err(ConfigError::new(vec![bug]));
    };
    Ok(Config {
        keys,
        tokens,
        errors,
        locations,
        login_type: login_type.own,
        cookies,
        access_cookies,
        refresh_cookies,
        csrf,
        sessions,
        implicit_refresh,
        origins,
        warnings,
    })
}
