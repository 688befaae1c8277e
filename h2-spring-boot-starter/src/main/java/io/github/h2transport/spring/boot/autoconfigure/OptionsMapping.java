package io.github.h2transport.spring.boot.autoconfigure;

import java.util.function.BiConsumer;
import java.util.function.ObjIntConsumer;

import io.github.h2transport.TransportOptions;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Hands the values of properties to the transport's options, which know the ranges, and
 * turns what they refuse into a failure that names the property.
 */
final class OptionsMapping {

	/** Out of the range of every option, and so refused by every one. */
	private static final int TOO_LARGE = Integer.MIN_VALUE;

	private final String prefix;

	private final TransportOptions.Builder options;

	OptionsMapping(String prefix) {
		this(prefix, TransportOptions.builder());
	}

	/**
	 * Goes on with options that are set already.
	 * @param prefix of the properties that replace them
	 * @param options to be changed
	 */
	OptionsMapping(String prefix, TransportOptions.Builder options) {
		this.prefix = prefix;
		this.options = options;
	}

	TransportOptions.Builder options() {
		return this.options;
	}

	/**
	 * Sets an option.
	 * @param name the property without its prefix
	 * @param value its value
	 * @param option takes the value or throws an {@link IllegalArgumentException}
	 * @throws InvalidConfigurationPropertyValueException if the value is out of range
	 */
	<V> void set(String name, V value, BiConsumer<TransportOptions.Builder, V> option) {
		try {
			option.accept(this.options, value);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException(this.prefix + "." + name, value, reason(ex));
		}
	}

	void setSize(String name, DataSize value, ObjIntConsumer<TransportOptions.Builder> option) {
		set(name, value, (to, size) -> {
			long octets = size.toBytes();
			option.accept(to, (octets == (int) octets) ? (int) octets : TOO_LARGE);
		});
	}

	/**
	 * What the option says without its own name and the value, which are shown anyway.
	 */
	private static String reason(IllegalArgumentException refusal) {
		String message = String.valueOf(refusal.getMessage());
		int start = message.indexOf(" must ");
		int end = message.indexOf(", but is");
		return (start >= 0 && end > start) ? "It" + message.substring(start, end) + "." : message;
	}

}
