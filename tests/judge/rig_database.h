/* Logins to a database, as the driver tells them. */
#ifndef PF_TESTS_RIG_DATABASE_H
#define PF_TESTS_RIG_DATABASE_H

#include "rig_case.h"

#define DATABASE "postgresql://db1:5432/shop"

/* A case about DATABASE from app1, an app server. */
struct rig *rig_database(const struct pf_probe *probe);

/* The login got in and brought these cells; more than one call adds. */
void rig_cells(struct rig *rig, size_t count, const char *const cells[]);

/* It did not get in, and this was said. */
void rig_refused_login(struct rig *rig, const char *words);

#define CELLS(rig, ...)                                                                            \
	rig_cells(rig, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *),          \
	          (const char *const[]){__VA_ARGS__})

#endif
