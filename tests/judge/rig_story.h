/* Cases about what Django tells of itself: lines of django_facts.py, and one expectation. */
#ifndef PF_TESTS_RIG_STORY_H
#define PF_TESTS_RIG_STORY_H

#include "rig_case.h"

/* The answer to that tag: the script's lines in escaped notation. Status 0 when the last is `end`,
 * else 1. */
void rig_told(struct rig *rig, const char *tag, const char *lines);

/* Fails the test unless the check ends so, with that text in its summary; frees the rig. */
void rig_story(struct rig *rig, const char *id, enum pf_status status, const char *text);

#endif
