package io.github.h2transport.spring;

import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.github.h2transport.Headers;
import org.jspecify.annotations.Nullable;

import org.springframework.util.CollectionUtils;
import org.springframework.util.LinkedCaseInsensitiveMap;
import org.springframework.util.MultiValueMap;

/**
 * The fields of a response as Spring's map. Single fields are read where they are; a map
 * is made of them when somebody wants more, which most callers do not. It is also what a
 * change would go to, as {@code HttpHeaders} may be put around the map of a read-only
 * one.
 */
final class ResponseFields implements MultiValueMap<String, String>, Serializable {

	private static final long serialVersionUID = 1L;

	private final transient Headers fields;

	/** Holds all fields once it is there; two that are made at once are the same. */
	private transient volatile @Nullable MultiValueMap<String, String> map;

	ResponseFields(Headers fields) {
		this.fields = fields;
	}

	private MultiValueMap<String, String> map() {
		MultiValueMap<String, String> made = this.map;
		if (made == null) {
			// As HttpHeaders has it.
			made = CollectionUtils.toMultiValueMap(new LinkedCaseInsensitiveMap<>(this.fields.size(), Locale.ROOT));
			for (int i = 0; i < this.fields.size(); i++) {
				made.add(this.fields.name(i), this.fields.value(i));
			}
			this.map = made;
		}
		return made;
	}

	@Override
	public @Nullable String getFirst(String name) {
		return (this.map != null) ? map().getFirst(name) : this.fields.get(name);
	}

	@Override
	public boolean containsKey(Object name) {
		return (this.map != null) ? map().containsKey(name) : name instanceof String text && this.fields.contains(text);
	}

	@Override
	public @Nullable List<String> get(Object name) {
		return (this.map != null || containsKey(name)) ? map().get(name) : null;
	}

	@Override
	public boolean isEmpty() {
		return (this.map != null) ? map().isEmpty() : this.fields.isEmpty();
	}

	@Override
	public int size() {
		return map().size();
	}

	@Override
	public boolean containsValue(Object values) {
		return map().containsValue(values);
	}

	@Override
	public Set<String> keySet() {
		return map().keySet();
	}

	@Override
	public Collection<List<String>> values() {
		return map().values();
	}

	@Override
	public Set<Map.Entry<String, List<String>>> entrySet() {
		return map().entrySet();
	}

	@Override
	public Map<String, String> toSingleValueMap() {
		return map().toSingleValueMap();
	}

	@Override
	public void add(String name, @Nullable String value) {
		map().add(name, value);
	}

	@Override
	public void addAll(String name, List<? extends String> values) {
		map().addAll(name, values);
	}

	@Override
	public void addAll(MultiValueMap<String, String> others) {
		map().addAll(others);
	}

	@Override
	public void set(String name, @Nullable String value) {
		map().set(name, value);
	}

	@Override
	public void setAll(Map<String, String> others) {
		map().setAll(others);
	}

	@Override
	public @Nullable List<String> put(String name, List<String> values) {
		return map().put(name, values);
	}

	@Override
	public void putAll(Map<? extends String, ? extends List<String>> others) {
		map().putAll(others);
	}

	@Override
	public @Nullable List<String> remove(Object name) {
		return map().remove(name);
	}

	@Override
	public void clear() {
		map().clear();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || map().equals(other);
	}

	@Override
	public int hashCode() {
		return map().hashCode();
	}

	@Override
	public String toString() {
		return map().toString();
	}

	private Object writeReplace() {
		return map();
	}

}
