package io.github.h2transport.spring.matrix;

import java.time.Duration;
import java.util.Map;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/** What may stand beside the content, and answers that have none. */
class MessagesRealServerTests {

	/** RFC 9110 section 9.3.2: the content-length of a HEAD is that of a GET. */
	@EachCell(Feature.HEAD)
	void aHeadEndsAtOnceAndKeepsItsContentLength(Cell cell) throws Exception {
		Answer answer = cell.call(Ask.head(cell.uri(Site.CONTENT)));

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.contentLength()).isEqualTo(Site.SIZE);
		assertThat(answer.octets()).isZero();
		cell.hasOneConnectionAtRest();
	}

	@EachCell(Feature.NO_CONTENT)
	void anAnswerWithoutContentEndsAtOnce(Cell cell) throws Exception {
		Answer answer = cell.call(Ask.get(cell.uri(Site.NO_CONTENT)));

		assertThat(answer.status()).isEqualTo(204);
		assertThat(answer.octets()).isZero();
		cell.hasOneConnectionAtRest();
	}

	/** RFC 9110 section 15.4.5: a 304 may have a content-length, and has no content. */
	@EachCell(Feature.NOT_MODIFIED)
	void anAnswerThatNothingIsModifiedEndsAtOnce(Cell cell) throws Exception {
		Answer answer = cell
			.call(Ask.get(cell.uri(Site.NOT_MODIFIED)).with("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT"));

		assertThat(answer.status()).isEqualTo(304);
		assertThat(answer.octets()).isZero();
		cell.hasOneConnectionAtRest();
	}

	/** RFC 9113 section 8.1. */
	@EachCell(Feature.RESPONSE_TRAILERS)
	void trailersComeAfterTheContent(Cell cell) throws Exception {
		Answer answer = cell.call(Ask.get(cell.uri(Site.TRAILERS)));

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.sum()).isEqualTo(Site.sum());
		assertThat(answer.trailers()).isEqualTo(Map.of(Site.SUM_FIELD, Site.sum()));
		cell.hasOneConnectionAtRest();
	}

	@EachCell(Feature.REQUEST_TRAILERS)
	void trailersOfARequestReachTheServer(Cell cell) throws Exception {
		Answer answer = cell
			.call(Ask.upload(cell.uri(Site.REQUEST_TRAILERS), Site.content()).withTrailer(Site.SUM_FIELD, Site.sum()));

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.text()).isEqualTo(Site.sum());
		cell.hasOneConnectionAtRest();
	}

	/** RFC 8297: the final response comes as if there had been no other. */
	@EachCell(Feature.EARLY_HINTS)
	void anInterimResponseIsHeardAndTheFinalOneIsTheAnswer(Cell cell) throws Exception {
		Ask ask = Ask.get(cell.uri(Site.HINTS));

		Answer answer = cell.call(ask);

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.sum()).isEqualTo(Site.sum());
		// An event loop tells it; a blocking caller may be quicker.
		Awaitility.await()
			.pollDelay(Duration.ZERO)
			.untilAsserted(() -> assertThat(ask.interim()).containsExactly("103 " + Site.LINK));
		cell.hasOneConnectionAtRest();
	}

	/** RFC 9113 section 8.1: a complete response stops the request. */
	@EachCell(Feature.EARLY_ANSWER)
	void anEarlyAnswerStopsTheUploadAndIsDelivered(Cell cell) throws Exception {
		Answer refusal = cell.call(Ask.upload(cell.uri(Site.REFUSE), Site.large()));
		Answer next = cell.call(Ask.get(cell.uri(Site.CONTENT)));

		assertThat(refusal.status()).isEqualTo(413);
		assertThat(refusal.octets()).isPositive();
		assertThat(next.sum()).isEqualTo(Site.sum());
		cell.hasOneConnectionAtRest();
	}

}
