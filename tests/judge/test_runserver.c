/* runserver.not-serving: what the Server header says, at the front and behind it, and what listens.
 */
#include "rig_case.h"

PF_PROBE(runserver);

static const char ID[] = "runserver.not-serving";

static struct rig *site(void)
{
	struct rig *rig = rig_new(&pf_probe_runserver);
	rig_header(rig, rig_page(rig, "page", 200, "Shop"), "server: nginx");
	rig_page(rig, "error", 404, "Not Found");
	return rig;
}

static struct rig *backend(const char *server)
{
	static const char *const on[] = {"bastion"};
	struct rig *rig = rig_new(&pf_probe_runserver);
	rig->site.app = (struct pf_app){.declared = true, .on = {on, 1}, .backend = "app1:8000"};
	rig->subject = "app1:8000 [127.0.0.1]";
	rig_header(rig, rig_page(rig, "backend", 200, "Shop"), server);
	return rig;
}

static struct pf_facts_process *processes(struct rig *rig, const struct pf_process *process)
{
	static const char *const on[] = {"bastion"};
	rig->site.app = (struct pf_app){.declared = true, .on = {on, 1}};
	rig->subject = "processes on bastion";
	struct pf_facts_process *host =
		&rig_put(rig, "processes", PF_KIND_process, PF_answered)->process;
	*host = (struct pf_facts_process){.running = 90, .listening = 4, .processes = {process, 1}};
	return host;
}

static const char *const listens[] = {"tcp 127.0.0.1:8000"};
static const char *const gunicorn[] = {"/usr/bin/python3", "/usr/bin/gunicorn", "shop.wsgi"};
static const char *const dev[] = {"python", "/srv/shop/manage.py", "runserver", "0:8000"};
static const char *const migrate[] = {"python", "/srv/shop/manage.py", "migrate"};

static const struct pf_process serving = {.pid = 7,
                                          .user = "shop",
                                          .name = "gunicorn",
                                          .command = {gunicorn, 3},
                                          .listens = {listens, 1}};
static const struct pf_process developing = {
	.pid = 8, .user = "shop", .name = "python", .command = {dev, 4}, .listens = {listens, 1}};
static const struct pf_process reloading = {
	.pid = 9, .user = "shop", .name = "python", .command = {dev, 4}};
static const struct pf_process migrating = {
	.pid = 9, .user = "shop", .name = "python", .command = {migrate, 3}};

static void runserver_not_serving__passes_when_servers_are_real_ones(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "nginx");
	rig_free(rig);
	rig = backend("server: gunicorn");
	rig_expect_said(rig, ID, PF_PASS, PF_HIGH, "gunicorn");
	rig_free(rig);
	rig = rig_new(&pf_probe_runserver);
	processes(rig, &serving);
	rig_expect(rig, ID, PF_PASS);
	processes(rig, &migrating)->ownerless = 2;
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void runserver_not_serving__fails_when_a_header_names_it(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_header(rig, rig_page(rig, "static", 200, NULL),
	           "server: WSGIServer/0.2 CPython/3.11.2");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "WSGIServer/0.2");
	rig_free(rig);
	rig = rig_new(&pf_probe_runserver);
	rig->subject = "http://shop.test [10.203.7.10]";
	rig_header(rig, rig_page(rig, "plain-page", 200, "Shop"),
	           "server: Werkzeug/2.2.2 Python/3.11.2");
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "Werkzeug");
	rig_free(rig);
	rig = backend("server: WSGIServer/0.2 CPython/3.11.2");
	rig_expect(rig, ID, PF_FAIL);
	rig_free(rig);
}

static void runserver_not_serving__fails_when_such_a_process_listens(void **state)
{
	(void)state;
	struct rig *rig = rig_new(&pf_probe_runserver);
	processes(rig, &developing);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "manage.py runserver");
	processes(rig, &reloading)->ownerless = 1; /* the socket may be its child's */
	rig_expect(rig, ID, PF_FAIL);
	processes(rig, &reloading);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void runserver_not_serving__is_unknown_when_nothing_was_seen(void **state)
{
	(void)state;
	struct rig *rig = site();
	rig_silence(rig, "page", PF_deadline);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
	rig = rig_new(&pf_probe_runserver);
	processes(rig, &serving)->ownerless = 3;
	rig->answers[0].outcome = PF_partial;
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "processes", PF_KIND_process, PF_worker_died);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runserver_not_serving__passes_when_servers_are_real_ones),
		cmocka_unit_test(runserver_not_serving__fails_when_a_header_names_it),
		cmocka_unit_test(runserver_not_serving__fails_when_such_a_process_listens),
		cmocka_unit_test(runserver_not_serving__is_unknown_when_nothing_was_seen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
