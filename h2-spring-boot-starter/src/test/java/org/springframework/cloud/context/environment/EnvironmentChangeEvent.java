package org.springframework.cloud.context.environment;

import java.util.Set;

import org.springframework.context.ApplicationEvent;

/** In the place of Spring Cloud's event of the same name, as far as we look at it. */
public class EnvironmentChangeEvent extends ApplicationEvent {

	private static final long serialVersionUID = 1L;

	private final Set<String> keys;

	public EnvironmentChangeEvent(Object source, Set<String> keys) {
		super(source);
		this.keys = keys;
	}

	public Set<String> getKeys() {
		return this.keys;
	}

}
