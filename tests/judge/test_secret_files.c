/* secret-key.file-private and databases.password-private: who reads the files that hold secrets. */
#include "rig_case.h"

PF_PROBE(secret_files);

static const char KEY[] = "secret-key.file-private", PASSWORD[] = "databases.password-private";

#define END "postflight end=places\\n"

static const struct pf_entry file = {.path = "/etc/shop/key",
                                     .type = "file",
                                     .mode = 0644,
                                     .owner = "shop",
                                     .group = "shop",
                                     .why = "everybody may read it (others)"};

static struct rig *case_of(const char *subject, const char *tag, const char *output)
{
	struct rig *rig = rig_new(&pf_probe_secret_files);
	rig->site.app = (struct pf_app){.declared = true, .user = "shop"};
	rig->subject = subject;
	rig_put(rig, tag, PF_KIND_exec, PF_answered)->exec.output = output;
	return rig;
}

static struct pf_facts_access *seen(struct rig *rig, const char *tag)
{
	struct pf_facts_access *access = &rig_put(rig, tag, PF_KIND_access, PF_answered)->access;
	*access = (struct pf_facts_access){.found = {&file, 1}};
	return access;
}

static struct rig *key(void)
{
	return case_of("SECRET_KEY", "key-places",
	               "postflight secret_key_file=/etc/shop/key\\n" END);
}

static struct rig *password(void)
{
	return case_of("database passwords", "password-places",
	               "postflight password_file=/etc/shop/key\\npostflight password=True\\n" END);
}

static void secret_key_file_private__passes_when_nobody_else_gets_in(void **state)
{
	(void)state;
	struct rig *rig = key();
	seen(rig, "key-access");
	rig_expect_said(rig, KEY, PF_PASS, PF_HIGH, "/etc/shop/key");
	rig_free(rig);
}

static void secret_key_file_private__fails_when_somebody_else_may_read_or_replace_it(void **state)
{
	(void)state;
	struct rig *rig = key();
	seen(rig, "key-access")->readable = (struct pf_entries){&file, 1};
	rig_expect_said(rig, KEY, PF_FAIL, PF_HIGH, "everybody may read it (others)");
	seen(rig, "key-access")->writable = (struct pf_entries){&file, 1};
	rig_expect(rig, KEY, PF_FAIL);
	rig_free(rig);
}

static void secret_key_file_private__fails_when_a_unit_tells_it_to_everybody(void **state)
{
	(void)state;
	struct rig *rig =
		case_of("SECRET_KEY", "key-places",
	                "postflight secret_key_file=/etc/systemd/system/a.service\\n"
	                "postflight unit_environment=/etc/systemd/system/a.service\\n" END);
	seen(rig, "key-access");
	rig_expect_said(rig, KEY, PF_FAIL, PF_HIGH, "systemctl show");
	rig_free(rig);
}

static void secret_key_file_private__is_unknown_when_no_file_was_found_or_seen(void **state)
{
	(void)state;
	struct rig *rig = case_of("SECRET_KEY", "key-places", END);
	rig_expect_said(rig, KEY, PF_UNKNOWN, PF_HIGH, "no file");
	rig_put(rig, "key-access", PF_KIND_access, PF_partial);
	rig_expect(rig, KEY, PF_UNKNOWN);
	rig_put(rig, "key-places", PF_KIND_exec, PF_deadline);
	rig_expect(rig, KEY, PF_UNKNOWN);
	rig_free(rig);
}

static void databases_password_private__passes_when_there_is_none_or_it_is_private(void **state)
{
	(void)state;
	struct rig *rig = password();
	seen(rig, "password-access");
	rig_expect(rig, PASSWORD, PF_PASS);
	rig_free(rig);
	rig = case_of("database passwords", "password-places", "postflight password=False\\n" END);
	rig_expect_said(rig, PASSWORD, PF_PASS, PF_HIGH, "no database");
	rig_free(rig);
}

static void databases_password_private__fails_when_somebody_else_may_read_it(void **state)
{
	(void)state;
	struct rig *rig = password();
	seen(rig, "password-access")->readable = (struct pf_entries){&file, 1};
	rig_expect_said(rig, PASSWORD, PF_FAIL, PF_HIGH, "/etc/shop/key");
	rig_free(rig);
}

static void databases_password_private__is_unknown_when_a_user_is_unknown_here(void **state)
{
	(void)state;
	static const char *const users[] = {"www-data"};
	struct rig *rig = password();
	seen(rig, "password-access")->unknown_users = (struct pf_words){users, 1};
	rig_expect_said(rig, PASSWORD, PF_UNKNOWN, PF_HIGH, "www-data");
	rig_put(rig, "password-access", PF_KIND_access, PF_absent);
	rig_expect(rig, PASSWORD, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secret_key_file_private__passes_when_nobody_else_gets_in),
		cmocka_unit_test(
			secret_key_file_private__fails_when_somebody_else_may_read_or_replace_it),
		cmocka_unit_test(secret_key_file_private__fails_when_a_unit_tells_it_to_everybody),
		cmocka_unit_test(
			secret_key_file_private__is_unknown_when_no_file_was_found_or_seen),
		cmocka_unit_test(
			databases_password_private__passes_when_there_is_none_or_it_is_private),
		cmocka_unit_test(databases_password_private__fails_when_somebody_else_may_read_it),
		cmocka_unit_test(
			databases_password_private__is_unknown_when_a_user_is_unknown_here),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
