package io.github.h2transport.spring;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Reads the date of a cookie's {@code Expires} by the algorithm of RFC 6265 section
 * 5.1.1: a time, a day, a month and a year in any order, whatever stands around them.
 * Servers write dates in many forms, and a cookie whose date is not understood would
 * outlive its deletion.
 */
final class CookieDate {

	private static final Pattern DELIMITERS = Pattern.compile("[\\x09\\x20-\\x2F\\x3B-\\x40\\x5B-\\x60\\x7B-\\x7E]+");

	private static final Pattern TIME = Pattern.compile("(\\d{1,2}):(\\d{1,2}):(\\d{1,2})(?:\\D.*)?");

	private static final Pattern DAY_OF_MONTH = Pattern.compile("\\d{1,2}(?:\\D.*)?");

	private static final Pattern YEAR = Pattern.compile("\\d{2,4}(?:\\D.*)?");

	private static final List<String> MONTHS = List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
			"oct", "nov", "dec");

	private static final int LETTERS_OF_MONTH = 3;

	/** Two digits from here on are of the last century. */
	private static final int CENTURY_SPLIT = 70;

	private static final int FIRST_YEAR = 1601;

	private @Nullable Matcher time;

	private int day;

	private int month;

	private int year = -1;

	private CookieDate() {
	}

	/**
	 * Reads a date.
	 * @param text the value of the attribute
	 * @return {@code null} if it has no date in it, or one that there is not
	 */
	static @Nullable Instant parse(String text) {
		CookieDate date = new CookieDate();
		DELIMITERS.splitAsStream(text).forEach(date::take);
		return date.instant();
	}

	/** A token is the first thing that it can be and that is not there yet. */
	private void take(String token) {
		if (this.time == null) {
			Matcher found = TIME.matcher(token);
			if (found.matches()) {
				this.time = found;
				return;
			}
		}
		if (this.day == 0 && DAY_OF_MONTH.matcher(token).matches()) {
			this.day = leading(token);
		}
		else if (this.month == 0 && monthOf(token) > 0) {
			this.month = monthOf(token);
		}
		else if (this.year < 0 && YEAR.matcher(token).matches()) {
			this.year = leading(token);
		}
	}

	private static int leading(String token) {
		int end = 0;
		while (end < token.length() && Character.isDigit(token.charAt(end))) {
			end++;
		}
		return Integer.parseInt(token.substring(0, end));
	}

	private static int monthOf(String token) {
		return (token.length() < LETTERS_OF_MONTH) ? 0
				: MONTHS.indexOf(token.substring(0, LETTERS_OF_MONTH).toLowerCase(Locale.ROOT)) + 1;
	}

	private @Nullable Instant instant() {
		if (this.time == null || this.day == 0 || this.month == 0 || this.year < 0) {
			return null;
		}
		int whole = this.year;
		if (whole < 100) {
			whole += (whole >= CENTURY_SPLIT) ? 1900 : 2000;
		}
		if (whole < FIRST_YEAR) {
			return null;
		}
		try {
			return LocalDateTime
				.of(whole, this.month, this.day, number(this.time, 1), number(this.time, 2), number(this.time, 3))
				.toInstant(ZoneOffset.UTC);
		}
		catch (DateTimeException ex) {
			// 30 February, or 25 o'clock.
			return null;
		}
	}

	private static int number(Matcher found, int group) {
		return Integer.parseInt(found.group(group));
	}

}
