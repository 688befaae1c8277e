package io.github.h2transport.spring.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

import io.github.h2transport.spring.docs.Page.Block;

/**
 * Code as a page shows it: a class, members of a class, or statements, without imports.
 */
final class Fragment {

	/** What readers, and their IDEs, import without thinking. */
	private static final List<String> IMPORTED = List.of("examples", "io.github.h2transport",
			"io.github.h2transport.conn", "io.github.h2transport.pool", "io.github.h2transport.spring",
			"io.github.h2transport.spring.boot.autoconfigure", "io.github.h2transport.transport", "java.io", "java.net",
			"java.nio.charset", "java.nio.file", "java.security", "java.time", "java.util", "java.util.concurrent",
			"java.util.function", "javax.net.ssl", "org.slf4j", "org.springframework.beans.factory.annotation",
			"org.springframework.boot", "org.springframework.boot.autoconfigure",
			"org.springframework.boot.http.client", "org.springframework.boot.http.client.autoconfigure",
			"org.springframework.boot.http.client.autoconfigure.reactive",
			"org.springframework.boot.http.client.reactive", "org.springframework.boot.resttestclient.autoconfigure",
			"org.springframework.boot.restclient.autoconfigure", "org.springframework.boot.test.context",
			"org.springframework.boot.test.context.SpringBootTest", "org.springframework.context.annotation",
			"org.springframework.core.io.buffer", "org.springframework.http", "org.springframework.http.client",
			"org.springframework.http.client.reactive", "org.springframework.web.bind.annotation",
			"org.springframework.web.client", "org.springframework.web.reactive.function",
			"org.springframework.web.reactive.function.client", "org.springframework.web.service.annotation",
			"org.springframework.web.service.registry", "reactor.core.publisher");

	private static final Pattern MEMBERS = Pattern
		.compile("(?s)\\s*(@|(public |final |static |record |class |interface )).*");

	private final Block block;

	Fragment(Block block) {
		this.block = block;
	}

	/** Returns a compilation unit around it. */
	String unit() {
		String text = this.block.text();
		// Spring has an annotation of that name.
		String body = text.contains("@RequestBody") ? "" : " import io.github.h2transport.RequestBody;";
		return IMPORTED.stream().map((name) -> "import " + name + ".*;").collect(Collectors.joining(" ")) + body + "\n"
				+ "abstract class Fragment { " + this.block.given()
				+ (MEMBERS.matcher(text).matches() ? text : "void fragment() throws Exception {" + text + "}") + "}\n";
	}

	/**
	 * Compiles it against the class path.
	 * @param target where classes go
	 * @return what the compiler has to say, empty if nothing
	 */
	List<String> compile(Path target) {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(diagnostics, Locale.ROOT, null)) {
			files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(target));
			compiler
				.getTask(null, files, diagnostics, List.of("-proc:none", "-nowarn"), null, List.of(new Source(unit())))
				.call();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return diagnostics.getDiagnostics()
			.stream()
			.filter((each) -> each.getKind() == javax.tools.Diagnostic.Kind.ERROR)
			.map((each) -> "line " + (each.getLineNumber() - 1) + ": " + each.getMessage(Locale.ROOT))
			.toList();
	}

	private static final class Source extends SimpleJavaFileObject {

		private final String text;

		private Source(String text) {
			super(URI.create("string:///Fragment.java"), Kind.SOURCE);
			this.text = text;
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.text;
		}

	}

}
