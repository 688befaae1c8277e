package io.github.h2transport;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Where and why a call failed, apart from the words of the message.
 *
 * @param initiator who began it
 * @param phase how far the call had come
 * @param code the HTTP/2 error code that was sent or received, {@code null} if none was
 * @param connectionId the connection as {@code /actuator/h2pool} names it, {@code null}
 * if the call had none
 * @param streamId the stream, 0 if the call had none
 * @param safeToRetry whether the server surely did not process the request (RFC 9113
 * section 8.7), so that even a POST may be sent again
 * @param lastFrames the last frames of the connection, both directions, oldest first, for
 * example {@code 12.345 ms ago << 0x00000003 4 RST_STREAM CANCEL}; without header fields
 * and content. Unmodifiable; empty if the call had no connection
 */
public record FailureContext(Initiator initiator, Phase phase, @Nullable ErrorCode code, @Nullable String connectionId,
		int streamId, boolean safeToRetry, List<String> lastFrames) {

	/**
	 * A failure outside any connection.
	 * @param initiator who began it
	 * @param phase how far the call had come
	 * @return a context without connection and stream that is safe to retry, since
	 * nothing was sent
	 */
	public static FailureContext of(Initiator initiator, Phase phase) {
		return new FailureContext(initiator, phase, null, null, 0, true, List.of());
	}

	public FailureContext withCode(@Nullable ErrorCode newCode) {
		return new FailureContext(this.initiator, this.phase, newCode, this.connectionId, this.streamId,
				this.safeToRetry, this.lastFrames);
	}

	public FailureContext withPhase(Phase newPhase) {
		return new FailureContext(this.initiator, newPhase, this.code, this.connectionId, this.streamId,
				this.safeToRetry, this.lastFrames);
	}

	public FailureContext withConnection(@Nullable String newConnectionId) {
		return new FailureContext(this.initiator, this.phase, this.code, newConnectionId, this.streamId,
				this.safeToRetry, this.lastFrames);
	}

	public FailureContext withStream(int newStreamId) {
		return new FailureContext(this.initiator, this.phase, this.code, this.connectionId, newStreamId,
				this.safeToRetry, this.lastFrames);
	}

	public FailureContext withSafeToRetry(boolean newSafeToRetry) {
		return new FailureContext(this.initiator, this.phase, this.code, this.connectionId, this.streamId,
				newSafeToRetry, this.lastFrames);
	}

	public FailureContext withLastFrames(List<String> newLastFrames) {
		return new FailureContext(this.initiator, this.phase, this.code, this.connectionId, this.streamId,
				this.safeToRetry, newLastFrames);
	}

	/** One line: the frames are left out. */
	@Override
	public String toString() {
		return "FailureContext[initiator=" + this.initiator + ", phase=" + this.phase + ", code=" + this.code
				+ ", connectionId=" + this.connectionId + ", streamId=" + this.streamId + ", safeToRetry="
				+ this.safeToRetry + "]";
	}

}
