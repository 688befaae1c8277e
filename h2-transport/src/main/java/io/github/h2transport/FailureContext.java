package io.github.h2transport;

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
 */
public record FailureContext(Initiator initiator, Phase phase, @Nullable ErrorCode code, @Nullable String connectionId,
		int streamId, boolean safeToRetry) {

	/**
	 * A failure outside any connection.
	 * @param initiator who began it
	 * @param phase how far the call had come
	 * @return a context without connection and stream that is safe to retry, since
	 * nothing was sent
	 */
	public static FailureContext of(Initiator initiator, Phase phase) {
		return new FailureContext(initiator, phase, null, null, 0, true);
	}

	public FailureContext withCode(@Nullable ErrorCode newCode) {
		return new FailureContext(this.initiator, this.phase, newCode, this.connectionId, this.streamId,
				this.safeToRetry);
	}

	public FailureContext withPhase(Phase newPhase) {
		return new FailureContext(this.initiator, newPhase, this.code, this.connectionId, this.streamId,
				this.safeToRetry);
	}

	public FailureContext withConnection(@Nullable String newConnectionId) {
		return new FailureContext(this.initiator, this.phase, this.code, newConnectionId, this.streamId,
				this.safeToRetry);
	}

	public FailureContext withStream(int newStreamId) {
		return new FailureContext(this.initiator, this.phase, this.code, this.connectionId, newStreamId,
				this.safeToRetry);
	}

	public FailureContext withSafeToRetry(boolean newSafeToRetry) {
		return new FailureContext(this.initiator, this.phase, this.code, this.connectionId, this.streamId,
				newSafeToRetry);
	}

}
