/* https.backend-hidden: the port behind the front. */
#include "rig_case.h"

PF_PROBE(backend);

static const char ID[] = "https.backend-hidden";

static struct rig *knocked(enum pf_outcome outcome)
{
	struct rig *rig = rig_new(&pf_probe_backend);
	rig->site.app = (struct pf_app){.declared = true, .backend = "app1:8000"};
	rig->subject = "app1:8000 [10.203.7.10]";
	rig_put(rig, "knock", PF_KIND_raw, outcome);
	return rig;
}

static void https_backend_hidden__passes_when_the_port_is_closed(void **state)
{
	(void)state;
	static const enum pf_outcome endings[] = {PF_refused, PF_silent, PF_unreachable};
	for (size_t i = 0; i < PF_COUNT(endings); i++) {
		struct rig *rig = knocked(endings[i]);
		rig_expect(rig, ID, PF_PASS);
		rig_free(rig);
	}
}

static void https_backend_hidden__fails_when_a_connection_is_accepted(void **state)
{
	(void)state;
	static const enum pf_outcome endings[] = {PF_answered, PF_hung_up, PF_stalled};
	for (size_t i = 0; i < PF_COUNT(endings); i++) {
		struct rig *rig = knocked(endings[i]);
		rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "accepts connections from bastion");
		rig_free(rig);
	}
}

static void https_backend_hidden__is_unknown_when_silence_has_no_control(void **state)
{
	(void)state;
	struct rig *rig = knocked(PF_silent);
	rig->control_answered = false;
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_put(rig, "knock", PF_KIND_raw, PF_no_route);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

static struct rig *socket_file(struct pf_process *process)
{
	struct rig *rig = rig_new(&pf_probe_backend);
	rig->site.app = (struct pf_app){.declared = true, .backend = "unix:/run/shop.sock"};
	rig->subject = "unix:/run/shop.sock";
	rig_put(rig, "processes", PF_KIND_process, PF_answered)->process.processes =
		(struct pf_processes){process, 1};
	return rig;
}

static void https_backend_hidden__passes_when_a_socket_file_is_all_it_listens_on(void **state)
{
	(void)state;
	static const char *const listens[] = {"unix /run/shop.sock", "tcp 127.0.0.1:9000"};
	struct pf_process process = {
		.pid = 7, .user = "shop", .name = "gunicorn", .listens = {listens, 2}};
	struct rig *rig = socket_file(&process);
	rig_expect(rig, ID, PF_PASS);
	rig_free(rig);
}

static void https_backend_hidden__fails_when_the_network_is_listened_on_beside_it(void **state)
{
	(void)state;
	static const char *const listens[] = {"unix /run/shop.sock", "tcp [::]:8000"};
	struct pf_process process = {
		.pid = 7, .user = "shop", .name = "gunicorn", .listens = {listens, 2}};
	struct rig *rig = socket_file(&process);
	rig_expect_said(rig, ID, PF_FAIL, PF_HIGH, "listens on tcp [::]:8000 too");
	rig_free(rig);
}

static void https_backend_hidden__is_unknown_when_nobody_holds_the_socket_file(void **state)
{
	(void)state;
	static const char *const listens[] = {"unix /run/other.sock"},
				 *const same[] = {"unix /run/shop.sock"};
	struct pf_process process = {
		.pid = 7, .user = "shop", .name = "gunicorn", .listens = {listens, 1}};
	struct rig *rig = socket_file(&process);
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_HIGH, "nothing on bastion listens");
	process = (struct pf_process){.user = "root", .listens = {same, 1}};
	rig_expect_said(rig, ID, PF_UNKNOWN, PF_HIGH, "only root may see");
	rig_put(rig, "processes", PF_KIND_process, PF_no_permission);
	rig_expect(rig, ID, PF_UNKNOWN);
	rig_free(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(https_backend_hidden__passes_when_the_port_is_closed),
		cmocka_unit_test(https_backend_hidden__fails_when_a_connection_is_accepted),
		cmocka_unit_test(https_backend_hidden__is_unknown_when_silence_has_no_control),
		cmocka_unit_test(
			https_backend_hidden__passes_when_a_socket_file_is_all_it_listens_on),
		cmocka_unit_test(
			https_backend_hidden__fails_when_the_network_is_listened_on_beside_it),
		cmocka_unit_test(
			https_backend_hidden__is_unknown_when_nobody_holds_the_socket_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
