// Preferences of the profile: the page may close itself, and no other page is opened at the first start. With its last
// page Firefox ends.
user_pref("dom.allow_scripts_to_close_windows", true);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.preonboarding.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("termsofuse.bypassNotification", true);
