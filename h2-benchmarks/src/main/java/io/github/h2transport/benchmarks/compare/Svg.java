package io.github.h2transport.benchmarks.compare;

import java.util.Locale;

/** Writes an SVG document from simple shapes. Not thread-safe. */
final class Svg {

	private final StringBuilder document = new StringBuilder();

	Svg(int width, int height) {
		this.document.append(String.format(Locale.ROOT,
				"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\" height=\"%2$d\" "
						+ "font-family=\"sans-serif\" font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" "
						+ "fill=\"white\"/>%n",
				width, height));
	}

	/** Where a text stands from its place. */
	enum Anchor {

		START, MIDDLE, END

	}

	Svg text(double x, double y, Anchor anchor, String text) {
		return add("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y,
				anchor.name().toLowerCase(Locale.ROOT), escape(text));
	}

	Svg bar(double x, double y, double width, double height, String color) {
		return add("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>", x, y, Math.max(0, width),
				height, color);
	}

	Svg line(double x1, double y1, double x2, double y2, String color, double width) {
		return add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\"/>", x1,
				y1, x2, y2, color, width);
	}

	Svg dot(double x, double y, String color) {
		return add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>", x, y, color);
	}

	private Svg add(String format, Object... values) {
		this.document.append(String.format(Locale.ROOT, format, values)).append('\n');
		return this;
	}

	private static String escape(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
	}

	@Override
	public String toString() {
		return this.document + "</svg>\n";
	}

}
