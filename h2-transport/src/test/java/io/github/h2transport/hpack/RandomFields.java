package io.github.h2transport.hpack;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.github.h2transport.HeaderField;

/** Header sections as they come, and as they never should: repeated, fresh, random, huge, sensitive. */
final class RandomFields {

	private final Random random;

	private final List<HeaderField> seen = new ArrayList<>();

	RandomFields(Random random) {
		this.random = random;
	}

	List<HeaderField> section(int maxFields) {
		List<HeaderField> fields = new ArrayList<>();
		for (int i = 1 + this.random.nextInt(maxFields); i > 0; i--) {
			fields.add(field());
		}
		return fields;
	}

	private HeaderField field() {
		int kind = this.random.nextInt(100);
		if (kind < 50 && !this.seen.isEmpty()) {
			return this.seen.get(this.random.nextInt(this.seen.size()));
		}
		if (kind < 60) {
			int index = 1 + this.random.nextInt(StaticTable.LENGTH);
			return new HeaderField(StaticTable.name(index), StaticTable.value(index));
		}
		HeaderField field = new HeaderField(name(), value(), this.random.nextInt(10) == 0);
		if (this.seen.size() < 60) {
			this.seen.add(field);
		}
		else {
			this.seen.set(this.random.nextInt(60), field);
		}
		return field;
	}

	private String name() {
		return switch (this.random.nextInt(4)) {
			case 0 -> StaticTable.name(1 + this.random.nextInt(StaticTable.LENGTH));
			case 1 -> "x-" + this.random.nextInt(20);
			case 2 -> text(1 + this.random.nextInt(30), 'a', 26);
			default -> text(1 + this.random.nextInt(10), 0, 256);
		};
	}

	private String value() {
		return switch (this.random.nextInt(12)) {
			case 0 -> "";
			case 1, 2, 3 -> Integer.toString(this.random.nextInt(10_000));
			case 4, 5, 6 -> text(this.random.nextInt(80), ' ', 95);
			case 7, 8 -> text(this.random.nextInt(20), '0', 5);
			case 9, 10 -> text(this.random.nextInt(60), 0, 256);
			default -> text(this.random.nextInt((this.random.nextInt(10) == 0) ? 20_000 : 1_000), 0, 256);
		};
	}

	private String text(int length, int least, int kinds) {
		StringBuilder text = new StringBuilder(length);
		for (int i = 0; i < length; i++) {
			text.append((char) (least + this.random.nextInt(kinds)));
		}
		return text.toString();
	}

}
