/* The text of django_facts.py, for the standard input of the site's Python. */
#ifndef PF_PROBES_DJANGO_SCRIPT_H
#define PF_PROBES_DJANGO_SCRIPT_H

extern const char pf_django_script[];

#endif
