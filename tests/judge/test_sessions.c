/* sessions.*, conn-max-age.*, templates.*, error-views.*, caches.shared-backend: what settings say.
 */
#include "rig_story.h"

PF_PROBE(sessions);
PF_PROBE(templates);
PF_PROBE(shared_caches);

static void debug_template_debug__passes_when_it_is_not_written(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_templates);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight template=django.template.backends.django.DjangoTemplates False "
	         "True\\npostflight end=settings\\n");
	rig_story(rig, "debug.template-debug", PF_PASS, "");
}

static void debug_template_debug__fails_when_it_is(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_templates);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight template=django.template.backends.django.DjangoTemplates True "
	         "True\\npostflight end=settings\\n");
	rig_story(rig, "debug.template-debug", PF_FAIL, "DjangoTemplates");
}

static void debug_template_debug__is_unknown_without_settings(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_templates);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight error=KeyError: X\\n");
	rig_story(rig, "debug.template-debug", PF_UNKNOWN, "KeyError");
}

static void templates_cached_loader__passes_when_cached(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_templates);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight template=django.template.backends.django.DjangoTemplates False "
	         "True\\npostflight end=settings\\n");
	rig_story(rig, "templates.cached-loader", PF_PASS, "");
}

static void templates_cached_loader__fails_for_bare_loaders(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_templates);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight template=django.template.backends.django.DjangoTemplates False "
	         "False\\npostflight end=settings\\n");
	rig_story(rig, "templates.cached-loader", PF_FAIL, "without the cached one");
}

static void templates_cached_loader__is_unknown_without_settings(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_templates);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight error=KeyError: X\\n");
	rig_story(rig, "templates.cached-loader", PF_UNKNOWN, "KeyError");
}

static void error_views_custom__passes_with_templates_and_handlers(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_templates);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight debug=False\\npostflight end=settings\\n");
	rig_told(rig, "deploy",
	         "postflight error_view=400 template\\npostflight error_view=403 "
	         "handler\\npostflight error_view=404 template\\npostflight error_view=500 "
	         "template\\npostflight error_view=csrf template\\npostflight "
	         "checked=True\\npostflight end=deploy\\n");
	rig_story(rig, "error-views.custom", PF_PASS, "all 5");
}

static void error_views_custom__fails_when_one_is_missing(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_templates);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight debug=False\\npostflight end=settings\\n");
	rig_told(rig, "deploy",
	         "postflight error_view=400 template\\npostflight error_view=403 "
	         "handler\\npostflight error_view=404 template\\npostflight error_view=500 "
	         "template\\npostflight error_view=csrf default\\npostflight "
	         "checked=True\\npostflight end=deploy\\n");
	rig_story(rig, "error-views.custom", PF_FAIL, "403 of CSRF");
}

static void error_views_custom__is_unknown_when_the_urls_do_not_load(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_templates);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight debug=False\\npostflight end=settings\\n");
	rig_told(rig, "deploy",
	         "postflight failed=error_view_facts ImportError: x\\npostflight "
	         "checked=True\\npostflight end=deploy\\n");
	rig_story(rig, "error-views.custom", PF_UNKNOWN, "ImportError");
}

static void sessions_backend__passes_for_cached_db(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_sessions);
	rig->subject = "settings";
	rig_told(
		rig, "settings",
		"postflight session_engine=django.contrib.sessions.backends.cached_db\\npostflight "
	        "session_serializer=django.contrib.sessions.serializers."
	        "JSONSerializer\\npostflight session_app=True\\npostflight "
	        "session_cookie_httponly=True\\npostflight end=settings\\n");
	rig_story(rig, "sessions.backend", PF_PASS, "cached_db");
}

static void sessions_backend__passes_for_signed_cookies_that_are_http_only(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_sessions);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight "
	         "session_engine=django.contrib.sessions.backends.signed_cookies\\npostflight "
	         "session_serializer=django.contrib.sessions.serializers."
	         "JSONSerializer\\npostflight session_app=True\\npostflight "
	         "session_cookie_httponly=True\\npostflight end=settings\\n");
	rig_story(rig, "sessions.backend", PF_PASS, "signed_cookies");
}

static void sessions_backend__fails_for_the_database(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_sessions);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight session_engine=django.contrib.sessions.backends.db\\npostflight "
	         "session_serializer=django.contrib.sessions.serializers."
	         "JSONSerializer\\npostflight session_app=True\\npostflight "
	         "session_cookie_httponly=True\\npostflight end=settings\\n");
	rig_story(rig, "sessions.backend", PF_FAIL, "database");
}

static void sessions_backend__is_unknown_without_settings(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_sessions);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight error=KeyError: X\\n");
	rig_story(rig, "sessions.backend", PF_UNKNOWN, "KeyError");
}

static void sessions_cleared__passes_for_a_few_rows(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_sessions);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight session_engine=django.contrib.sessions.backends.db\\npostflight "
	         "session_serializer=django.contrib.sessions.serializers."
	         "JSONSerializer\\npostflight session_app=True\\npostflight "
	         "session_cookie_httponly=True\\npostflight end=settings\\n");
	rig_told(rig, "sessions", "postflight sessions=500 20 0\\npostflight end=sessions\\n");
	rig_story(rig, "sessions.cleared", PF_PASS, "20 of 500");
}

static void sessions_cleared__fails_for_rows_of_last_month(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_sessions);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight session_engine=django.contrib.sessions.backends.db\\npostflight "
	         "session_serializer=django.contrib.sessions.serializers."
	         "JSONSerializer\\npostflight session_app=True\\npostflight "
	         "session_cookie_httponly=True\\npostflight end=settings\\n");
	rig_told(rig, "sessions", "postflight sessions=500 200 100\\npostflight end=sessions\\n");
	rig_story(rig, "sessions.cleared", PF_FAIL, "more than a month");
}

static void sessions_cleared__is_unknown_when_the_table_cannot_be_read(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_sessions);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight session_engine=django.contrib.sessions.backends.db\\npostflight "
	         "session_serializer=django.contrib.sessions.serializers."
	         "JSONSerializer\\npostflight session_app=True\\npostflight "
	         "session_cookie_httponly=True\\npostflight end=settings\\n");
	rig_told(rig, "sessions", "postflight error=OperationalError\\n");
	rig_story(rig, "sessions.cleared", PF_UNKNOWN, "OperationalError");
}

static void conn_max_age_persistent__passes_when_kept_and_checked(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_sessions);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight django=4.2.1\\npostflight database=default "
	         "django.db.backends.postgresql 60 True False\\npostflight end=settings\\n");
	rig_story(rig, "conn-max-age.persistent", PF_PASS, "");
}

static void conn_max_age_persistent__passes_for_a_pool_and_for_sqlite(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_sessions);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight django=5.2\\npostflight database=default "
	         "django.db.backends.postgresql 0 False True\\npostflight database=small "
	         "django.db.backends.sqlite3 0 False False\\npostflight end=settings\\n");
	rig_story(rig, "conn-max-age.persistent", PF_PASS, "all 2");
}

static void conn_max_age_persistent__fails_for_a_connection_each_request(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_sessions);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight django=4.2.1\\npostflight database=default "
	         "django.db.backends.postgresql 0 True False\\npostflight end=settings\\n");
	rig_story(rig, "conn-max-age.persistent", PF_FAIL, "for every request");
}

static void conn_max_age_persistent__fails_without_health_checks(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_sessions);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight django=4.2.1\\npostflight database=default "
	         "django.db.backends.postgresql 60 False False\\npostflight end=settings\\n");
	rig_story(rig, "conn-max-age.persistent", PF_FAIL, "HEALTH_CHECKS");
}

static void conn_max_age_persistent__is_unknown_without_settings(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_sessions);
	rig->subject = "settings";
	rig_told(rig, "settings", "postflight error=KeyError: X\\n");
	rig_story(rig, "conn-max-age.persistent", PF_UNKNOWN, "KeyError");
}

static void caches_shared_backend__passes_for_redis(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_shared_caches);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight caches_set=True\\npostflight cache=default "
	         "django.core.cache.backends.redis.RedisCache -\\npostflight end=settings\\n");
	rig_story(rig, "caches.shared-backend", PF_PASS, "");
}

static void caches_shared_backend__fails_for_files_below_media(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_shared_caches);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight caches_set=True\\npostflight media_root=/srv/media\\npostflight "
	         "cache=default django.core.cache.backends.filebased.FileBasedCache "
	         "/srv/media/cache\\npostflight end=settings\\n");
	rig_story(rig, "caches.shared-backend", PF_FAIL, "MEDIA_ROOT");
}

static void caches_shared_backend__is_unknown_when_the_processes_are_not_seen(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_shared_caches);
	rig->subject = "settings";
	rig_told(rig, "settings",
	         "postflight caches_set=True\\npostflight cache=default "
	         "django.core.cache.backends.locmem.LocMemCache -\\npostflight end=settings\\n");
	rig_story(rig, "caches.shared-backend", PF_UNKNOWN, "how many processes");
}

static void caches_shared_backend__fails_for_locmem_and_two_workers(void **state)
{
	(void)state;
	static const char *const socket[] = {"tcp 127.0.0.1:8000"};
	static const struct pf_process gunicorn[] = {
		{.pid = 1, .user = "shop", .listens = {socket, 1}},
		{.pid = 2, .parent = 1, .user = "shop", .listens = {socket, 1}},
		{.pid = 3, .parent = 1, .user = "shop", .listens = {socket, 1}},
	};
	struct rig *rig = rig_new(&pf_probe_shared_caches);
	rig->subject = "settings";
	rig->site.app = (struct pf_app){.declared = true, .backend = "app1:8000"};
	rig_told(rig, "settings",
	         "postflight caches_set=True\\n"
	         "postflight cache=default django.core.cache.backends.locmem.LocMemCache -\\n"
	         "postflight end=settings\\n");
	struct pf_answer *answer = rig_put(rig, "processes", PF_KIND_process, PF_answered);
	answer->process.processes = (struct pf_processes){gunicorn, 3};
	rig_expect_said(rig, "caches.shared-backend", PF_FAIL, PF_MEDIUM, "2 processes");
	answer->process.processes.count = 2;
	rig_story(rig, "caches.shared-backend", PF_PASS, "every cache");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debug_template_debug__passes_when_it_is_not_written),
		cmocka_unit_test(debug_template_debug__fails_when_it_is),
		cmocka_unit_test(debug_template_debug__is_unknown_without_settings),
		cmocka_unit_test(templates_cached_loader__passes_when_cached),
		cmocka_unit_test(templates_cached_loader__fails_for_bare_loaders),
		cmocka_unit_test(templates_cached_loader__is_unknown_without_settings),
		cmocka_unit_test(error_views_custom__passes_with_templates_and_handlers),
		cmocka_unit_test(error_views_custom__fails_when_one_is_missing),
		cmocka_unit_test(error_views_custom__is_unknown_when_the_urls_do_not_load),
		cmocka_unit_test(sessions_backend__passes_for_cached_db),
		cmocka_unit_test(sessions_backend__passes_for_signed_cookies_that_are_http_only),
		cmocka_unit_test(sessions_backend__fails_for_the_database),
		cmocka_unit_test(sessions_backend__is_unknown_without_settings),
		cmocka_unit_test(sessions_cleared__passes_for_a_few_rows),
		cmocka_unit_test(sessions_cleared__fails_for_rows_of_last_month),
		cmocka_unit_test(sessions_cleared__is_unknown_when_the_table_cannot_be_read),
		cmocka_unit_test(conn_max_age_persistent__passes_when_kept_and_checked),
		cmocka_unit_test(conn_max_age_persistent__passes_for_a_pool_and_for_sqlite),
		cmocka_unit_test(conn_max_age_persistent__fails_for_a_connection_each_request),
		cmocka_unit_test(conn_max_age_persistent__fails_without_health_checks),
		cmocka_unit_test(conn_max_age_persistent__is_unknown_without_settings),
		cmocka_unit_test(caches_shared_backend__passes_for_redis),
		cmocka_unit_test(caches_shared_backend__fails_for_files_below_media),
		cmocka_unit_test(caches_shared_backend__is_unknown_when_the_processes_are_not_seen),
		cmocka_unit_test(caches_shared_backend__fails_for_locmem_and_two_workers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
