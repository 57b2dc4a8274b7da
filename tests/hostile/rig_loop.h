/* One question to the loop, and its answer, checked as every answer has to be. */
#ifndef RIG_LOOP_H
#define RIG_LOOP_H

#include "drivers/driver.h"

/* Asks and waits, with the limits cut to what a test has patience for: connecting 0.3 s, an
 * exchange 0.6 s, a name 0.4 s. The answer lives until rig_forget. */
const struct pf_answer *rig_answer(const struct pf_question *question);

/* From here on an exchange may take that many milliseconds: parsing all anchors of a machine takes
 * a while where a sanitizer looks on. */
void rig_be_patient(int ms);

/* From here on this is a trust anchor, too; NULL: no more. */
void rig_trust(const char *ca_file);

/* The same with a run's deadline of so many milliseconds from now. */
const struct pf_answer *rig_answer_within(const struct pf_question *question, int ms);

/* The same with a password that goes along. */
const struct pf_answer *rig_answer_with(const struct pf_question *question, const char *password);

/* How long the last question took, in milliseconds. */
int64_t rig_took_ms(void);

/* Frees what rig_answer holds; between tests. */
void rig_forget(void);

/* Peak resident memory of this process, in KiB. */
long rig_peak_kib(void);

#define assert_outcome(answer, expected)                                                           \
	assert_string_equal(pf_outcome_name((answer)->outcome), pf_outcome_name(expected))

#endif
