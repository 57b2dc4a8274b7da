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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(https_backend_hidden__passes_when_the_port_is_closed),
		cmocka_unit_test(https_backend_hidden__fails_when_a_connection_is_accepted),
		cmocka_unit_test(https_backend_hidden__is_unknown_when_silence_has_no_control),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
