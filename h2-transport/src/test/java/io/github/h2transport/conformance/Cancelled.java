package io.github.h2transport.conformance;

import io.github.h2transport.CallCancelledException;
import io.github.h2transport.FailureContext;
import io.github.h2transport.Initiator;
import io.github.h2transport.Phase;

/** Why a caller leaves. */
final class Cancelled {

	private Cancelled() {
	}

	static CallCancelledException byTheCaller() {
		return new CallCancelledException("the caller left", null,
				FailureContext.of(Initiator.CALLER, Phase.RESPONSE_HEAD));
	}

}
