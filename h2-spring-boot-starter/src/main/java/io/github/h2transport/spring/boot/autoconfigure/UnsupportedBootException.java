package io.github.h2transport.spring.boot.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Tells in one line what of Spring Boot is missing, for those who see nothing but the
 * message. Names nothing that an older version does not have.
 */
final class UnsupportedBootException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/** In spring-boot-http-client of every version. */
	private static final String CLASS_OF_HTTP_CLIENT = "org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder";

	private static final Pattern MAJOR_AND_MINOR = Pattern.compile("(\\d+)\\.(\\d+)\\b.*");

	private final String problem;

	private final String action;

	private UnsupportedBootException(String problem, String action) {
		super(problem + ": " + action);
		this.problem = problem + ".";
		this.action = Character.toUpperCase(action.charAt(0)) + action.substring(1) + ".";
	}

	/** Returns whether a version is known to be older than 4.1. */
	static boolean isTooOld(@Nullable String version) {
		Matcher parts = MAJOR_AND_MINOR.matcher((version != null) ? version : "");
		if (!parts.matches()) {
			return false;
		}
		int major = Integer.parseInt(parts.group(1));
		return major < 4 || (major == 4 && Integer.parseInt(parts.group(2)) < 1);
	}

	static UnsupportedBootException tooOld(@Nullable String version) {
		return new UnsupportedBootException(
				"h2-spring-boot-starter needs Spring Boot 4.1 or newer, but this application runs on Spring Boot "
						+ version,
				"update Spring Boot, or remove the dependency");
	}

	/** Says why a class of Spring Boot 4.1 is not there. */
	static UnsupportedBootException without41(@Nullable String version, @Nullable ClassLoader classLoader) {
		if (isTooOld(version)) {
			return tooOld(version);
		}
		if (!ClassUtils.isPresent(CLASS_OF_HTTP_CLIENT, classLoader)) {
			return new UnsupportedBootException(
					"h2-spring-boot-starter needs spring-boot-http-client, which is not on the class path",
					"remove its exclusion, or remove h2-spring-boot-starter");
		}
		return new UnsupportedBootException(
				"h2-spring-boot-starter needs spring-boot-http-client 4.1 or newer, but the one on the class path is "
						+ "older" + ((version != null) ? " than this application's Spring Boot " + version : ""),
				"use the version that Spring Boot manages, or remove h2-spring-boot-starter");
	}

	/** Returns what is wrong, without what to do about it. */
	String problem() {
		return this.problem;
	}

	/** Returns what to do about it. */
	String action() {
		return this.action;
	}

}
