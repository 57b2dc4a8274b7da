/* Taking bytes from a stream of chunks. */
#include "drivers/archive_stream.h"

#include <string.h>

bool pf_flow_more(struct pf_flow *stream)
{
	if (stream->left)
		return true;
	if (stream->ended || stream->error)
		return false;
	if (!stream->refill(stream)) {
		stream->left = 0;
		if (!stream->error)
			stream->error = "it cannot be read";
		return false;
	}
	stream->ended = stream->left == 0;
	return !stream->ended;
}

bool pf_flow_take(struct pf_flow *stream, void *bytes, size_t count)
{
	unsigned char *to = bytes;
	while (count) {
		if (!pf_flow_more(stream))
			return false;
		size_t part = stream->left < count ? stream->left : count;
		if (to) {
			memcpy(to, stream->at, part);
			to += part;
		}
		stream->at += part;
		stream->left -= part;
		count -= part;
	}
	return true;
}

bool pf_flow_drain(struct pf_flow *stream)
{
	while (pf_flow_more(stream))
		stream->left = 0;
	return !stream->error;
}
