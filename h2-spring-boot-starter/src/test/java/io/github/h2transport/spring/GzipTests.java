package io.github.h2transport.spring;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

import io.github.h2transport.testkit.Content;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** RFC 1952, read as a stream and as a publisher. */
class GzipTests {

	private static final byte[] TEXT = "hello, hello, hello, world".getBytes(StandardCharsets.UTF_8);

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 20_000, 1_000_000 })
	void whatWasEncodedIsDecoded(int size) throws IOException {
		byte[] content = Content.ofSize(size);

		assertThat(decoded(gzip(content))).isEqualTo(content);
		assertThat(decodedFlux(content.length, gzip(content))).isEqualTo(content);
	}

	@Test
	void everyCutOfTheInputGivesTheSame() throws IOException {
		byte[] encoded = withAllHeaderParts(TEXT);
		for (int cut = 0; cut <= encoded.length; cut++) {
			byte[] first = Arrays.copyOf(encoded, cut);
			byte[] second = Arrays.copyOfRange(encoded, cut, encoded.length);

			assertThat(new GunzipStream(
					new SequenceInputStream(new ByteArrayInputStream(first), new ByteArrayInputStream(second)))
				.readAllBytes()).as("cut at " + cut).isEqualTo(TEXT);
			assertThat(decodedFlux(TEXT.length, first, second)).as("cut at " + cut).isEqualTo(TEXT);
		}
	}

	@Test
	void membersAreJoined() throws IOException {
		assertThat(decoded(concat(gzip(TEXT), gzip(new byte[0]), gzip(TEXT)))).isEqualTo(concat(TEXT, TEXT));
	}

	@Test
	void noContentAtAllIsNoContent() throws IOException {
		assertThat(decoded(new byte[0])).isEmpty();
		assertThat(decodedFlux(0)).isEmpty();
	}

	@Test
	void everyTruncationIsAFailure() throws IOException {
		byte[] encoded = withAllHeaderParts(TEXT);
		for (int length = 1; length < encoded.length; length++) {
			byte[] cut = Arrays.copyOf(encoded, length);

			assertThatExceptionOfType(EOFException.class).as("after " + length).isThrownBy(() -> decoded(cut));
			StepVerifier.create(GunzipFlux.decode(Flux.just(ByteBuffer.wrap(cut))).ignoreElements())
				.verifyError(EOFException.class);
		}
	}

	@Test
	void everyChangedOctetOfDataAndChecksumIsFound() throws IOException {
		byte[] encoded = gzip(TEXT);
		for (int i = 10; i < encoded.length; i++) {
			byte[] damaged = encoded.clone();
			damaged[i] ^= 0x55;

			assertThatExceptionOfType(IOException.class).as("octet " + i).isThrownBy(() -> decoded(damaged));
		}
	}

	@Test
	void otherContentIsNamed() {
		byte[] plain = "{\"plain\": true}".getBytes(StandardCharsets.UTF_8);

		assertThatExceptionOfType(ZipException.class).isThrownBy(() -> decoded(plain))
			.withMessageContaining("not in gzip format");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\0", "\0\0\0", "{}", "\u001f", "\u001f\u008b", "\u001f\u008b\b", "\u001f\u008b\t more" })
	void whatFollowsTheLastMemberIsIgnored(String more) throws IOException {
		byte[] padded = concat(gzip(TEXT), more.getBytes(StandardCharsets.ISO_8859_1));

		assertThat(decoded(padded)).isEqualTo(TEXT);
		assertThat(new GZIPInputStream(new ByteArrayInputStream(padded)).readAllBytes()).as("as the JDK does")
			.isEqualTo(TEXT);
	}

	@Test
	void aFailureOfTheSourceAfterTheLastOctetIsNotHidden() throws IOException {
		InputStream source = new SequenceInputStream(new ByteArrayInputStream(gzip(TEXT)), new InputStream() {

			@Override
			public int read() throws IOException {
				throw new IOException("reset");
			}

		});

		assertThatExceptionOfType(IOException.class).isThrownBy(() -> new GunzipStream(source).readAllBytes())
			.withMessage("reset");
	}

	@Test
	void aBombIsDecodedAsFarAsItIsRead() throws IOException {
		byte[] bomb = gzip(new byte[100 * 1024 * 1024]);
		assertThat(bomb.length).isLessThan(200_000);
		AtomicLong decoded = new AtomicLong();
		BaseSubscriber<ByteBuffer> reader = new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(Subscription subscription) {
				subscription.request(2);
			}

			@Override
			protected void hookOnNext(ByteBuffer piece) {
				assertThat(piece.remaining()).isLessThanOrEqualTo(8192);
				decoded.addAndGet(piece.remaining());
			}

		};

		GunzipFlux.decode(Flux.just(ByteBuffer.wrap(bomb))).subscribe(reader);
		assertThat(decoded).hasValue(2 * 8192);
		reader.cancel();
		try (GunzipStream stream = new GunzipStream(new ByteArrayInputStream(bomb))) {
			assertThat(stream.readNBytes(100)).isEqualTo(new byte[100]);
		}
	}

	@Test
	void theNextBufferIsRequestedWhenTheLastOneIsUsedUp() throws IOException {
		byte[] content = Content.ofSize(100_000);
		byte[] encoded = gzip(content);
		AtomicLong requested = new AtomicLong();
		Flux<ByteBuffer> source = Flux.range(0, encoded.length / 1000 + 1)
			.map((i) -> ByteBuffer.wrap(encoded, i * 1000, Math.min(1000, encoded.length - i * 1000)))
			.doOnRequest(requested::addAndGet);

		StepVerifier.create(GunzipFlux.decode(source), 0).thenRequest(1).expectNextCount(1).thenCancel().verify();

		assertThat(requested.get()).isLessThan(encoded.length / 1000 / 2);
	}

	private static byte[] decoded(byte[] encoded) throws IOException {
		try (GunzipStream stream = new GunzipStream(new ByteArrayInputStream(encoded))) {
			return stream.readAllBytes();
		}
	}

	private static byte[] decodedFlux(int size, byte[]... pieces) {
		ByteBuffer all = ByteBuffer.allocate(size);
		GunzipFlux.decode(Flux.fromArray(pieces).map(ByteBuffer::wrap)).doOnNext(all::put).blockLast();
		assertThat(all.hasRemaining()).isFalse();
		return all.array();
	}

	static byte[] gzip(byte[] content) {
		ByteArrayOutputStream encoded = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(encoded)) {
			gzip.write(content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return encoded.toByteArray();
	}

	/** RFC 1952 section 2.3: extra field, name, comment and header checksum. */
	private static byte[] withAllHeaderParts(byte[] content) {
		ByteArrayOutputStream member = new ByteArrayOutputStream();
		member.writeBytes(new byte[] { 0x1F, (byte) 0x8B, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, (byte) 0xFF });
		member.writeBytes(new byte[] { 3, 0, 'e', 'x', 't' });
		member.writeBytes("name\0comment\0".getBytes(StandardCharsets.ISO_8859_1));
		member.writeBytes(new byte[] { 1, 2 });
		Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
		deflater.setInput(content);
		deflater.finish();
		byte[] deflated = new byte[content.length + 100];
		member.write(deflated, 0, deflater.deflate(deflated));
		deflater.end();
		CRC32 checksum = new CRC32();
		checksum.update(content);
		writeInt(member, (int) checksum.getValue());
		writeInt(member, content.length);
		return member.toByteArray();
	}

	private static void writeInt(ByteArrayOutputStream target, int value) {
		for (int shift = 0; shift < 32; shift += 8) {
			target.write(value >>> shift);
		}
	}

	private static byte[] concat(byte[]... parts) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			all.writeBytes(part);
		}
		return all.toByteArray();
	}

}
