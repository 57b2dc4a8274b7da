/* Whether an HTTP question makes sense. */
#ifndef PF_DRIVERS_HTTP_QUESTION_H
#define PF_DRIVERS_HTTP_QUESTION_H

#include "postflight/question.h"

/* NULL: it can be asked. Else what is wrong with it: a url that is none, an address that is not a
 * literal one, a method that could change something, control characters in what is sent, a Host
 * among the headers (libcurl would send one of the two). */
const char *pf_http_mistake(const struct pf_ask_http *ask);

#endif
