package io.github.h2transport.spring;

import java.util.List;

import io.github.h2transport.Headers;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpHeaders;
import org.springframework.util.SerializationUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** A response's fields behave like those of any other client of Spring. */
class ResponseFieldsTests {

	private final HttpHeaders headers = HeaderTranslator
		.toSpring(Headers.of("content-type", "text/plain", "x-own", "1", "vary", "a", "x-own", "2"));

	@Test
	void singleFieldsAreFoundInAnyCaseBeforeAndAfterTheOthersWereAskedFor() {
		for (int i = 0; i < 2; i++) {
			assertThat(this.headers.getFirst("X-Own")).isEqualTo("1");
			assertThat(this.headers.getFirst("absent")).isNull();
			assertThat(this.headers.containsHeader("Vary")).isTrue();
			assertThat(this.headers.containsHeader("absent")).isFalse();
			assertThat(this.headers.get("absent")).isNull();
			assertThat(this.headers.isEmpty()).isFalse();
			assertThat(this.headers.get("X-OWN")).containsExactly("1", "2");
		}
		assertThat(this.headers.getContentType()).hasToString("text/plain");
	}

	@Test
	void allFieldsAreThereInTheirOrder() {
		assertThat(this.headers.headerNames()).containsExactly("content-type", "x-own", "vary");
		assertThat(this.headers.size()).isEqualTo(3);
		assertThat(this.headers.toSingleValueMap()).containsEntry("x-own", "1").hasSize(3);
		assertThat(this.headers).isEqualTo(HttpHeaders.copyOf(this.headers));
	}

	@Test
	void theyCannotBeChangedButAFurtherMapAroundThemCan() {
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> this.headers.set("x-own", "3"));
		HttpHeaders around = new HttpHeaders(this.headers);

		around.add("x-new", "4");
		around.remove("vary");

		assertThat(around.getFirst("x-new")).isEqualTo("4");
		assertThat(around.containsHeader("vary")).isFalse();
		assertThat(around.getFirst("x-own")).isEqualTo("1");
	}

	@Test
	void decodedContentHasNeitherItsEncodingNorTheEncodedLength() {
		HttpHeaders decoded = HeaderTranslator
			.toSpring(Headers.of("content-encoding", "gzip", "content-length", "9", "vary", "a"), true);

		assertThat(decoded.containsHeader("content-encoding")).isFalse();
		assertThat(decoded.getContentLength()).isEqualTo(-1);
		assertThat(decoded.getOrEmpty("vary")).isEqualTo(List.of("a"));
	}

	@Test
	@SuppressWarnings({ "deprecation", "removal" }) // what is written is the question
													// here
	void exceptionsThatHoldThemCanBeWritten() {
		HttpHeaders read = (HttpHeaders) SerializationUtils.deserialize(SerializationUtils.serialize(this.headers));

		assertThat(read).isEqualTo(this.headers);
	}

}
