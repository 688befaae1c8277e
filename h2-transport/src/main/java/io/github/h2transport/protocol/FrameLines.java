package io.github.h2transport.protocol;

/**
 * Where the lines of the frame log go. Called by the loop for received frames and by the
 * loop for sent ones; must neither block nor call user code, so it collects.
 */
public interface FrameLines {

	/**
	 * Returns whether anybody wants lines. Asked once for each batch of frames.
	 * @return {@code false} if no line is to be made
	 */
	boolean isOn();

	/**
	 * Takes a line.
	 * @param line one frame, escaped and bounded in length, without a line end
	 */
	void add(String line);

}
