/* zlib: the only file that knows it. */
#include "drivers/archive_stream.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

enum { WINDOW = 15, GZIP = 16 };

struct pf_inflater {
	z_stream zlib;
};

struct pf_inflater *pf_inflater_new(bool gzip)
{
	struct pf_inflater *inflater = calloc(1, sizeof *inflater);
	if (inflater && inflateInit2(&inflater->zlib, WINDOW + (gzip ? GZIP : 0)) != Z_OK) {
		free(inflater);
		return NULL;
	}
	return inflater;
}

void pf_inflater_free(struct pf_inflater *inflater)
{
	if (inflater)
		inflateEnd(&inflater->zlib);
	free(inflater);
}

void pf_inflater_again(struct pf_inflater *inflater)
{
	inflateReset(&inflater->zlib);
}

enum pf_inflated pf_inflater_step(struct pf_inflater *inflater, const unsigned char **in,
                                  size_t *count, unsigned char *out, size_t room, size_t *written)
{
	z_stream *zlib = &inflater->zlib;
	uInt given = *count < UINT_MAX ? (uInt)*count : UINT_MAX;
	zlib->next_in = (unsigned char *)*in;
	zlib->avail_in = given;
	zlib->next_out = out;
	zlib->avail_out = room < UINT_MAX ? (uInt)room : UINT_MAX;
	uInt space = zlib->avail_out;
	int result = inflate(zlib, Z_NO_FLUSH);
	*in += given - zlib->avail_in;
	*count -= given - zlib->avail_in;
	*written = space - zlib->avail_out;
	if (result == Z_STREAM_END)
		return PF_INFLATE_END;
	return result == Z_OK || result == Z_BUF_ERROR ? PF_INFLATE_MORE : PF_INFLATE_BROKEN;
}
