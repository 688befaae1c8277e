package io.github.h2transport.spring.matrix;

import java.util.List;
import java.util.stream.Stream;

import io.github.h2transport.testkit.Content;

import static org.assertj.core.api.Assertions.assertThat;

/** Content of all sizes, both ways, each checked by its sum. */
class BodiesRealServerTests {

	private static final int PARALLEL = 100;

	@EachCell(Feature.BODIES)
	void aGetDeliversTheWholeContent(Cell cell) throws Exception {
		Answer answer = cell.call(Ask.get(cell.uri(Site.CONTENT)));

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.sum()).isEqualTo(Site.sum());
		cell.hasOneConnectionAtRest();
	}

	@EachCell(Feature.BODIES)
	void aPostIsReadAndAnsweredWhole(Cell cell) throws Exception {
		for (int size : List.of(1, 16_384, 100_000)) { // nothing, one frame, two windows
			byte[] content = Content.ofSize(size);

			Answer answer = cell.call(Ask.post(cell.uri(Site.ECHO), content));

			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.sum()).as("%s octets", size).isEqualTo(Content.sha256(content));
		}
		cell.hasOneConnectionAtRest();
	}

	@EachCell(Feature.STREAMING)
	void aLargeDownloadIsWhole(Cell cell) throws Exception {
		Answer answer = cell.call(Ask.get(cell.uri(Site.LARGE)));

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.octets()).isEqualTo(Site.LARGE_SIZE);
		assertThat(answer.sum()).isEqualTo(Site.largeSum());
		cell.hasOneConnectionAtRest();
	}

	@EachCell(Feature.STREAMING)
	void aLargeUploadIsWhole(Cell cell) throws Exception {
		Answer answer = cell.call(Ask.upload(cell.uri(Site.STORE), Site.large()));

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.octets()).isEqualTo(Site.LARGE_SIZE);
		assertThat(answer.sum()).isEqualTo(Site.largeSum());
		cell.hasOneConnectionAtRest();
	}

	@EachCell(Feature.BOTH_WAYS_AT_ONCE)
	void anUploadThatIsAnsweredWhileItRunsIsWholeBothWays(Cell cell) throws Exception {
		Answer answer = cell.call(Ask.upload(cell.uri(Site.ECHO), Site.large()));

		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.octets()).isEqualTo(Site.LARGE_SIZE);
		assertThat(answer.sum()).isEqualTo(Site.largeSum());
		cell.hasOneConnectionAtRest();
	}

	@EachCell(Feature.PARALLEL)
	void aHundredCallsAtOnceShareOneConnection(Cell cell) throws Exception {
		List<Ask> asks = Stream.generate(() -> Ask.get(cell.uri(Site.CONTENT))).limit(PARALLEL).toList();

		List<Answer> answers = cell.client().callAtOnce(asks);

		assertThat(answers).hasSize(PARALLEL)
			.allSatisfy((answer) -> assertThat(answer.status()).isEqualTo(200))
			.allSatisfy((answer) -> assertThat(answer.sum()).isEqualTo(Site.sum()));
		cell.hasOneConnectionAtRest();
	}

}
