package io.github.h2transport.testkit;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import org.jspecify.annotations.Nullable;

/**
 * Listens to a logger of the transport, which end up in {@code java.util.logging} where
 * nobody has chosen otherwise. Nothing reaches the console meanwhile.
 */
public final class CapturedLog implements AutoCloseable {

	/** Held, since the JDK forgets a logger and its level that nobody holds. */
	private final Logger logger;

	private final @Nullable Level before;

	private final Queue<LogRecord> records = new ConcurrentLinkedQueue<>();

	private final Handler handler = new Handler() {

		@Override
		public void publish(LogRecord logRecord) {
			CapturedLog.this.onRecord.accept(logRecord);
			CapturedLog.this.records.add(logRecord);
		}

		@Override
		public void flush() {
		}

		@Override
		public void close() {
		}

	};

	/** Runs on the thread that logs. */
	private volatile Consumer<LogRecord> onRecord = (logRecord) -> {
	};

	private CapturedLog(String name, Level level) {
		this.logger = Logger.getLogger(name);
		this.before = this.logger.getLevel();
		this.handler.setLevel(Level.ALL);
		this.logger.setUseParentHandlers(false);
		this.logger.addHandler(this.handler);
		this.logger.setLevel(level);
	}

	/**
	 * Listens to a logger and those below it.
	 * @param name of the logger
	 * @param level {@link Level#FINER} is TRACE, {@link Level#FINE} is DEBUG
	 * @return listens until closed
	 */
	public static CapturedLog of(String name, Level level) {
		return new CapturedLog(name, level);
	}

	/**
	 * Changes the level.
	 * @param level the new one
	 */
	public void level(Level level) {
		this.logger.setLevel(level);
	}

	/**
	 * Does something in the logging thread.
	 * @param action what a handler of the application might do
	 */
	public void onRecord(Consumer<LogRecord> action) {
		this.onRecord = action;
	}

	/**
	 * Returns what was logged.
	 * @return the messages in their order
	 */
	public List<String> lines() {
		return this.records.stream().map(LogRecord::getMessage).toList();
	}

	/**
	 * Returns what was logged at one level.
	 * @param level the level
	 * @return the messages in their order
	 */
	public List<String> lines(Level level) {
		return this.records.stream()
			.filter((each) -> each.getLevel().equals(level))
			.map(LogRecord::getMessage)
			.toList();
	}

	/**
	 * Returns everything that was logged.
	 * @return the records in their order
	 */
	public List<LogRecord> records() {
		return List.copyOf(this.records);
	}

	@Override
	public void close() {
		this.logger.removeHandler(this.handler);
		this.logger.setLevel(this.before);
		this.logger.setUseParentHandlers(true);
	}

}
